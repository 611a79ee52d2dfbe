/* Bundles to syllables, with where each op was written. */
#include <string.h>
#include "state.h"

enum { STOP = 1, EXTENSION = 0xff << 1 };

static bool put_syllable(front *f, uint64_t syllable)
{
    uint64_t *at = grow(&f->text, sizeof *at);
    if (at)
        *at = syllable;
    return at;
}

/* Say that the next syllable is of what an op was written as. */
static bool put_place(front *f, const front_op *op, int32_t number)
{
    return put_number(f, FRONT_ADDRESSES, COUNT(f->text, uint64_t)) && put_number(f, FRONT_ORIGINS, op->origin) &&
           put_number(f, FRONT_LINES, op->line) && put_number(f, FRONT_STARTS, op->column) &&
           put_number(f, FRONT_ENDS, op->end) && put_number(f, FRONT_OPS, number);
}

static bool put_encoded(front *f, const front_op *op)
{
    return put_syllable(f, (uint64_t)op->values[0]) && (!op->values[1] || put_syllable(f, (uint64_t)op->values[1]));
}

static bool put_values(front *f, const front_op *op)
{
    const form *made = &ITEMS(f->forms, form)[op->form];
    uint64_t word = made->word, extension = EXTENSION;
    for (int32_t i = 0; i < made->field_count; i++) {
        uint64_t raw = (uint64_t)(op->values[i] - made->fields[i].bias);
        int32_t width = made->fields[i].width;
        word |= (raw & ((UINT64_C(1) << width) - 1)) << made->fields[i].position;
        if (made->fields[i].ext_width)
            extension |= raw >> width << made->fields[i].ext_position;
    }
    return put_syllable(f, word) && (extension == EXTENSION || put_syllable(f, extension));
}

/* A burst as it is told, in its row and on its unit. */
static bool put_burst(front *f, const front_op *op)
{
    const form *made = &ITEMS(f->forms, form)[op->form];
    const uint64_t *syllables = ITEMS(f->written, uint64_t) + FRONT_WRITTEN * op->values[FRONT_BURST];
    uint64_t row = made->lane_row < 0 ? 0 : (uint64_t)op->values[FRONT_ROW] << made->fields[made->lane_row].position;
    if (op->values[FRONT_UNIT] >= 0)
        row |= (uint64_t)op->values[FRONT_UNIT] << made->fields[made->unit].position;
    return put_syllable(f, syllables[0] | row) && (!syllables[1] || put_syllable(f, syllables[1]));
}

static bool put_op(front *f, int32_t number, int64_t unit)
{
    front_op *op = &ITEMS(f->ops, front_op)[number];
    if (op->name >= 0 && !put_number(f, FRONT_REFERENCES, front_length(f, FRONT_ADDRESSES)))
        return false;
    if (!put_place(f, op, number))
        return false;
    if (op->form == FRONT_ENCODED)
        return put_encoded(f, op);
    const form *made = &ITEMS(f->forms, form)[op->form];
    if (made->is_burst)
        return put_burst(f, op);
    if (unit >= 0)
        op->values[made->unit] = unit;
    return put_values(f, op);
}

/* Patterns: ops, of each its unit or -1; beats, and of each: its ops; what is added, of each its syllable and the op
 * that it stands with, -1 for the one near by. */
int32_t front_pattern(front *f, const int64_t *numbers, int32_t count)
{
    told *place = grow(&f->patterns, sizeof *place);
    return place && lpu_front_keep(f, numbers, count, place) ? COUNT(f->patterns, told) - 1 : FRONT_MEMORY;
}

static bool put_bundles(front *f, const int64_t *at, int32_t first, int32_t near)
{
    const int64_t *units = at + 1;
    at = units + *at;
    for (int64_t beats = *at++; beats > 0; beats--) {
        for (int64_t ops = *at++; ops > 0; ops--, at++)
            if (!put_op(f, first + (int32_t)*at, units[*at]))
                return false;
        for (int64_t added = *at++; added > 0; added--, at += 2) {
            const front_op *with = &ITEMS(f->ops, front_op)[at[1] < 0 ? near : first + (int32_t)at[1]];
            if (!put_place(f, with, -1) || !put_syllable(f, (uint64_t)at[0]))
                return false;
        }
        ITEMS(f->text, uint64_t)[COUNT(f->text, uint64_t) - 1] |= STOP;
    }
    return true;
}

int32_t front_write(front *f, const int32_t *entries, int32_t count)
{
    for (const int32_t *entry = entries; entry < entries + 3 * (size_t)count; entry += 3) {
        told pattern = ITEMS(f->patterns, told)[entry[0]];
        if (!put_number(f, FRONT_ENTRIES, COUNT(f->text, uint64_t)) ||
            !put_bundles(f, ITEMS(f->numbers, int64_t) + pattern.start, entry[1], entry[2]))
            return FRONT_MEMORY;
    }
    return COUNT(f->text, uint64_t);
}

int32_t front_encoded(front *f, const int64_t *numbers, int32_t count)
{
    int32_t first = COUNT(f->ops, front_op);
    front_op *kept = grow(&f->ops, (size_t)count * sizeof *kept);
    if (!kept)
        return FRONT_MEMORY;
    if (count)
        memcpy(kept, numbers, (size_t)count * sizeof *kept);
    return first;
}

int32_t front_settle(front *f)
{
    if (!lpu_front_meet(f))
        return FRONT_MEMORY;
    for (int32_t i = 0; i < front_length(f, FRONT_REFERENCES); i++) {
        int64_t line = ITEMS(f->columns[FRONT_REFERENCES], int64_t)[i];
        front_op *op = &ITEMS(f->ops, front_op)[ITEMS(f->columns[FRONT_OPS], int64_t)[line]];
        if (!put_number(f, FRONT_FORMS, op->form) || !put_number(f, FRONT_NAMES, op->name) ||
            !put_number(f, FRONT_ADDENDS, op->addend))
            return FRONT_MEMORY;
        const form *made = op->form == FRONT_ENCODED ? NULL : &ITEMS(f->forms, form)[op->form];
        if (!made || made->target < 0)
            continue;
        int64_t address = ITEMS(f->symbols, symbol)[op->name].value;
        if (address < 0 || address >> made->fields[made->target].width)
            return FRONT_UNFIT;
        op->values[made->target] = address;
        uint64_t *word = &ITEMS(f->text, uint64_t)[ITEMS(f->columns[FRONT_ADDRESSES], int64_t)[line]];
        *word |= (uint64_t)address << made->fields[made->target].position;
    }
    return 0;
}
