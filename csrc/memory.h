/* L0 L1: where an access lies, and loads and stores of words and of lanes of byte-planed vectors. */
#ifndef LPU_MEMORY_H
#define LPU_MEMORY_H
#include "machine.h"

enum { BANK_SHIFT = 48, LANES_PER_SUPERLANE = 16, SLICES_PER_QUAD = 4, WORD_BYTES = 4, POISON = 0xDB };
enum { HEMISPHERE_SHIFT = 6, SLICE_FIELD_BITS = 7, ROW_FIELD_BITS = 13 };

/* The bytes of an access, the lowest of the value first. */
typedef struct {
    bool in_range, is_lane;
    unsigned count;
    uint32_t word, row, lane; /* as E-RANGE reports them */
    size_t bytes[WORD_BYTES];
} lpu_access;

/* memory.c */
lpu_access lpu_access_of(const lpu_machine *m, const lpu_micro *micro);
bool lpu_accesses_fail(const lpu_machine *m, const lpu_micro *first, const lpu_micro *second);
/* Whether the second access meets a bank of the first, and the first such bank. */
bool lpu_shared_bank(const lpu_machine *m, const lpu_access *first, const lpu_access *second, uint32_t *bank);
/* The first of an access's bytes that was never written, or its count. */
unsigned lpu_first_unwritten(const lpu_machine *m, const lpu_access *access);
/* These return false, and do nothing, when the access faults. */
bool lpu_load_lane(const lpu_machine *m, const lpu_micro *micro, uint32_t *value);
bool lpu_store_lane(lpu_machine *m, const lpu_micro *micro);
bool lpu_load_any_word(const lpu_machine *m, uint32_t word, uint32_t *value);

/* Exact for every word of SRAM: see lpu_create. */
static inline uint32_t bank_of(const lpu_memory_map *map, uint32_t word)
{
    return (uint32_t)(word * map->bank_magic >> BANK_SHIFT);
}

/* Whether two words are in different banks. */
static inline bool are_apart(const lpu_memory_map *map, uint32_t one, uint32_t other)
{
    return bank_of(map, one) != bank_of(map, other);
}

static inline uint32_t word_address(const lpu_micro *micro) { return micro->k + *micro->a * *micro->b + *micro->c; }

/* What was written ------------------------------------------------------------------------------------------------ */
enum { WORDS_AT_ONCE = 64 };

/* Whether all of a word was written. */
static inline bool is_written(const lpu_memory_map *map, size_t word)
{
    return map->written[word / WORDS_AT_ONCE] >> word % WORDS_AT_ONCE & 1;
}

static inline bool is_byte_written(const lpu_memory_map *map, size_t byte)
{
    return is_written(map, byte / WORD_BYTES) || map->parts[byte / 8] >> byte % 8 & 1;
}

/* A bit for each of the words from one on. */
static inline uint64_t written_from(const lpu_memory_map *map, size_t word)
{
    const uint64_t *bits = map->written + word / WORDS_AT_ONCE;
    size_t shift = word % WORDS_AT_ONCE;
    return shift ? bits[0] >> shift | bits[1] << (WORDS_AT_ONCE - shift) : bits[0];
}

/* Whether all of some words was written; there is one at least. */
static inline bool are_written(const lpu_memory_map *map, size_t word, size_t count)
{
    uint64_t all = UINT64_MAX;
    for (; count > WORDS_AT_ONCE; count -= WORDS_AT_ONCE, word += WORDS_AT_ONCE)
        all &= written_from(map, word);
    return !(~(all & written_from(map, word)) << (WORDS_AT_ONCE - count)) && all == UINT64_MAX;
}

static inline void mark_word(const lpu_memory_map *map, size_t word)
{
    map->written[word / WORDS_AT_ONCE] |= 1ull << word % WORDS_AT_ONCE;
}

/* There is one word at least. */
static inline void mark_words(const lpu_memory_map *map, size_t word, size_t count)
{
    size_t last = word + count - 1, end = last / WORDS_AT_ONCE, at = word / WORDS_AT_ONCE;
    uint64_t head = UINT64_MAX << word % WORDS_AT_ONCE, tail = UINT64_MAX >> (WORDS_AT_ONCE - 1 - last % WORDS_AT_ONCE);
    if (at == end)
        head &= tail;
    map->written[at] |= head;
    while (++at < end)
        map->written[at] = UINT64_MAX;
    if (at == end)
        map->written[at] |= tail;
}

/* A word is written once all of its bytes are. */
static inline void mark_byte(const lpu_memory_map *map, size_t byte)
{
    uint8_t *pair = &map->parts[byte / 8];
    *pair |= (uint8_t)(1u << byte % 8);
    if ((*pair >> byte % 8 / WORD_BYTES * WORD_BYTES & 15) == 15)
        mark_word(map, byte / WORD_BYTES);
}

/* Words ----------------------------------------------------------------------------------------------------------- */

static inline uint32_t get_word(const lpu_memory_map *map, uint32_t word)
{
    const uint8_t *p = map->sram + (size_t)word * WORD_BYTES;
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* False, and nothing done, when the load faults. */
static inline bool load_word(const lpu_machine *m, const lpu_memory_map *map, uint32_t word, uint32_t *value)
{
    if (UNLIKELY(word >= map->words))
        return false;
    if (UNLIKELY(!is_written(map, word)))
        return lpu_load_any_word(m, word, value);
    *value = get_word(map, word);
    return true;
}

static inline bool store_word(const lpu_memory_map *map, uint32_t word, uint32_t value)
{
    if (UNLIKELY(word >= map->words))
        return false;
    uint8_t *p = map->sram + (size_t)word * WORD_BYTES;
    p[0] = (uint8_t)value, p[1] = (uint8_t)(value >> 8), p[2] = (uint8_t)(value >> 16), p[3] = (uint8_t)(value >> 24);
    mark_word(map, word);
    map->changed[word / (LPU_CHANGED_BYTES / WORD_BYTES)] = 1;
    return true;
}

#endif
