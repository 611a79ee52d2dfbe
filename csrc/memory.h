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

/* One byte holds the written bits of two words; where only one of them was written, the long way round decides. */
static inline bool pair_written(const lpu_memory_map *map, uint32_t word) { return map->written[word >> 1] == 0xFF; }

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
    if (UNLIKELY(!pair_written(map, word)))
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
    map->written[word >> 1] |= (uint8_t)(15 << (word & 1) * 4);
    map->changed[word / (LPU_CHANGED_BYTES / WORD_BYTES)] = 1;
    return true;
}

#endif
