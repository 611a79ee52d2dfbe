/* Memory as hosts see it: stored to, and its written bits read and replaced. */
#include <string.h>
#include "memory.h"
#include "zeros.h"

enum { BITS = 8, WORDS_A_BYTE = BITS / WORD_BYTES, BYTES_AT_ONCE = WORDS_AT_ONCE / WORDS_A_BYTE,
       MANY_BYTES = 1 << 16 };

size_t lpu_sram_bytes(const lpu_machine *m) { return (size_t)m->map.words * WORD_BYTES; }
uint8_t *lpu_sram(lpu_machine *m) { return m->map.sram; }
uint8_t *lpu_changed(lpu_machine *m) { return m->map.changed; }

static bool fits(size_t start, size_t size, size_t all) { return start <= all && size <= all - start; }

static void mark_bytes(const lpu_memory_map *map, size_t from, size_t to)
{
    for (; from < to && from % WORD_BYTES; from++)
        mark_byte(map, from);
    for (; to > from && to % WORD_BYTES; to--)
        mark_byte(map, to - 1);
    if (from < to)
        mark_words(map, from / WORD_BYTES, (to - from) / WORD_BYTES);
}

int lpu_load(lpu_machine *m, size_t address, const uint8_t *data, size_t size)
{
    if (!fits(address, size, lpu_sram_bytes(m)))
        return -1;
    if (size) {
        if (size >= MANY_BYTES)
            lpu_ready_zeros(m->map.sram + address, size);
        memcpy(m->map.sram + address, data, size);
        mark_bytes(&m->map, address, address + size);
        for (size_t piece = address / LPU_CHANGED_BYTES; piece <= (address + size - 1) / LPU_CHANGED_BYTES; piece++)
            m->map.changed[piece] = 1;
    }
    return 0;
}

/* The written bits of two words, of which some are as a whole. */
static const uint8_t bits_of_whole[] = {0, 0x0F, 0xF0, 0xFF};

static uint8_t bits_of_pair(const lpu_memory_map *map, size_t pair)
{
    size_t word = pair * WORDS_A_BYTE;
    return bits_of_whole[map->written[word / WORDS_AT_ONCE] >> word % WORDS_AT_ONCE & 3] | map->parts[pair];
}

/* Whether the bits from one byte of them on to before another are those of so many words that were all written. */
static bool is_full(const lpu_memory_map *map, size_t pair, size_t end)
{
    return pair % BYTES_AT_ONCE == 0 && end - pair >= BYTES_AT_ONCE && map->written[pair / BYTES_AT_ONCE] == UINT64_MAX;
}

int lpu_get_written(const lpu_machine *m, size_t first, uint8_t *bits, size_t size)
{
    if (!fits(first, size, lpu_sram_bytes(m) / BITS))
        return -1;
    for (size_t pair = first; pair < first + size;)
        if (is_full(&m->map, pair, first + size)) {
            memset(bits + (pair - first), 0xFF, BYTES_AT_ONCE);
            pair += BYTES_AT_ONCE;
        } else {
            bits[pair - first] = bits_of_pair(&m->map, pair);
            pair++;
        }
    return 0;
}

static void set_pair(const lpu_memory_map *map, size_t pair, uint8_t bits)
{
    size_t word = pair * WORDS_A_BYTE, shift = word % WORDS_AT_ONCE;
    unsigned whole = ((bits & 15) == 15) + 2u * (bits >> 4 == 15);
    uint8_t part = (uint8_t)(bits & ~bits_of_whole[whole]);
    uint64_t *written = &map->written[word / WORDS_AT_ONCE];
    if (bits_of_pair(map, pair) == bits)
        return;
    *written = (*written & ~((uint64_t)3 << shift)) | (uint64_t)whole << shift;
    if (map->parts[pair] != part)
        map->parts[pair] = part;
}

int lpu_set_written(lpu_machine *m, size_t first, const uint8_t *bits, size_t size)
{
    if (!fits(first, size, lpu_sram_bytes(m) / BITS))
        return -1;
    for (size_t i = 0; i < size; i++)
        set_pair(&m->map, first + i, bits[i]);
    return 0;
}
