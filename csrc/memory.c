/* Accesses that are not the common one: lanes, pairs in one bundle, bytes never written. */
#include "memory.h"

static lpu_access word_access(const lpu_machine *m, uint32_t word)
{
    lpu_access access = {.in_range = word < m->map.words, .count = WORD_BYTES, .word = word};
    for (unsigned k = 0; k < WORD_BYTES; k++)
        access.bytes[k] = (size_t)word * WORD_BYTES + k;
    return access;
}

/* k packs slice, row and width; a adds to the row, b is the lane. Rows count on from bank 0 into bank 1. */
static lpu_access lane_access(const lpu_machine *m, const lpu_micro *micro)
{
    const lpu_parameters *size = &m->parameters;
    uint32_t slice = micro->k & ((1u << SLICE_FIELD_BITS) - 1), index = slice & ((1u << HEMISPHERE_SHIFT) - 1);
    uint32_t field = micro->k >> SLICE_FIELD_BITS & ((1u << ROW_FIELD_BITS) - 1);
    uint32_t slices = size->quads * SLICES_PER_QUAD, lanes = size->superlanes * LANES_PER_SUPERLANE;
    uint32_t width = micro->k >> (SLICE_FIELD_BITS + ROW_FIELD_BITS), rows = size->rows * size->banks;
    lpu_access access = {.is_lane = true, .count = width, .row = field + *micro->a, .lane = *micro->b};
    access.in_range = index < slices && index % SLICES_PER_QUAD + width <= SLICES_PER_QUAD
                      && access.row < rows && access.lane < lanes;
    size_t first = (slice >> HEMISPHERE_SHIFT) * slices + index;
    for (unsigned k = 0; k < width; k++)
        access.bytes[k] = ((first + k) * rows + access.row) * lanes + access.lane;
    return access;
}

lpu_access lpu_access_of(const lpu_machine *m, const lpu_micro *micro)
{
    bool is_lane = micro->kind == LPU_SEM_LDL || micro->kind == LPU_SEM_STL;
    return is_lane ? lane_access(m, micro) : word_access(m, word_address(micro));
}

static uint32_t bank_of_byte(const lpu_machine *m, const lpu_access *access, unsigned k)
{
    return bank_of(&m->map, (uint32_t)(access->bytes[k] / WORD_BYTES));
}

bool lpu_shared_bank(const lpu_machine *m, const lpu_access *first, const lpu_access *second, uint32_t *bank)
{
    for (unsigned j = 0; j < second->count; j++) {
        *bank = bank_of_byte(m, second, j);
        for (unsigned i = 0; i < first->count; i++)
            if (bank_of_byte(m, first, i) == *bank)
                return true;
    }
    return false;
}

bool lpu_accesses_fail(const lpu_machine *m, const lpu_micro *first, const lpu_micro *second)
{
    lpu_access a = lpu_access_of(m, first), b = lpu_access_of(m, second);
    uint32_t bank;
    return !a.in_range || !b.in_range || lpu_shared_bank(m, &a, &b, &bank);
}

unsigned lpu_first_unwritten(const lpu_machine *m, const lpu_access *access)
{
    unsigned k = 0;
    while (k < access->count && is_byte_written(&m->map, access->bytes[k]))
        k++;
    return k;
}

static uint8_t read_byte(const lpu_machine *m, size_t byte)
{
    if (is_byte_written(&m->map, byte))
        return m->map.sram[byte];
    return m->parameters.uninit == LPU_UNINIT_POISON ? POISON : 0;
}

static bool load_bytes(const lpu_machine *m, const lpu_access *access, uint32_t *value)
{
    if (!access->in_range)
        return false;
    if (m->parameters.uninit == LPU_UNINIT_FAULT && lpu_first_unwritten(m, access) < access->count)
        return false;
    *value = 0;
    for (unsigned k = 0; k < access->count; k++)
        *value |= (uint32_t)read_byte(m, access->bytes[k]) << 8 * k;
    return true;
}

bool lpu_load_any_word(const lpu_machine *m, uint32_t word, uint32_t *value)
{
    lpu_access access = word_access(m, word);
    return load_bytes(m, &access, value);
}

bool lpu_load_lane(const lpu_machine *m, const lpu_micro *micro, uint32_t *value)
{
    lpu_access access = lane_access(m, micro);
    return load_bytes(m, &access, value);
}

bool lpu_store_lane(lpu_machine *m, const lpu_micro *micro)
{
    lpu_access access = lane_access(m, micro);
    if (!access.in_range)
        return false;
    for (unsigned k = 0; k < access.count; k++) {
        m->map.sram[access.bytes[k]] = (uint8_t)(*micro->stored >> 8 * k);
        mark_byte(&m->map, access.bytes[k]);
        m->map.changed[access.bytes[k] / LPU_CHANGED_BYTES] = 1;
    }
    return true;
}
