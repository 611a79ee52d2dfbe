/* Where what was written comes from: the places of ops told apart, and the rows of a line table as DWARF 5 has them. */
#include <string.h>
#include "state.h"

enum { COPY = 1, ADVANCE_PC, ADVANCE_LINE, SET_FILE, SET_COLUMN }; /* opcodes of line programs */

static const int64_t *column(const front *f, int32_t number) { return f->columns[number].items; }

/* Where the number of an origin is kept, -1 as long as it has none; origins are of both signs. */
static int64_t *number_of(grown *kept, int64_t origin)
{
    int64_t at = origin < 0 ? -2 * origin - 1 : 2 * origin;
    while ((int64_t)(kept->size / sizeof at) <= at) {
        int64_t *number = grow(kept, sizeof *number);
        if (!number)
            return NULL;
        *number = -1;
    }
    return (int64_t *)kept->items + at;
}

bool lpu_front_meet(front *f)
{
    int64_t *origins = f->columns[FRONT_ORIGINS].items;
    f->scratch.size = 0;
    for (int32_t i = 0; i < front_length(f, FRONT_ORIGINS); i++) {
        int64_t origin = origins[i], *number = number_of(&f->scratch, origin);
        if (!number)
            return false;
        if (*number < 0) {
            *number = front_length(f, FRONT_SOURCES);
            if (!put_number(f, FRONT_SOURCES, origin))
                return false;
        }
        origins[i] = *number;
    }
    return true;
}

int32_t front_spots(front *f)
{
    const int64_t *origins = column(f, FRONT_ORIGINS), *lines = column(f, FRONT_LINES);
    const int64_t *starts = column(f, FRONT_STARTS), *ends = column(f, FRONT_ENDS);
    f->columns[FRONT_SPOTS].size = 0;
    int32_t count = front_length(f, FRONT_LINES);
    if (!count)
        return 0;
    int64_t *which = grow(&f->columns[FRONT_SPOTS], (size_t)count * sizeof *which);
    if (!which)
        return FRONT_MEMORY;
    for (int32_t i = 0; i < count; i++) {
        uint32_t key[FRONT_SPOT] = {(uint32_t)origins[i], (uint32_t)lines[i], (uint32_t)starts[i], (uint32_t)ends[i]};
        which[i] = intern(&f->spots, key, sizeof key);
        if (which[i] < 0)
            return FRONT_MEMORY;
    }
    return f->spots.count;
}

void front_number_spots(front *f, int64_t first)
{
    for (int32_t i = 0; i < front_length(f, FRONT_SPOTS); i++)
        ITEMS(f->columns[FRONT_SPOTS], int64_t)[i] += first;
}

int32_t front_place_records(front *f, const uint32_t *files, const uint32_t *depths)
{
    const uint32_t *spots = f->spots.content.items;
    f->program.size = 0;
    uint32_t *at = f->spots.count ? grow(&f->program, (size_t)f->spots.count * (FRONT_SPOT + 1) * sizeof *at) : NULL;
    if (f->spots.count && !at)
        return FRONT_MEMORY;
    for (int32_t i = 0; i < f->spots.count; i++, spots += FRONT_SPOT, at += FRONT_SPOT + 1)
        at[0] = files[spots[0]], at[1] = spots[1], at[2] = spots[2], at[3] = spots[3], at[4] = depths[spots[0]];
    return COUNT(f->program, uint32_t);
}

int32_t front_trail_records(front *f, const uint32_t *pairs, const uint32_t *starts)
{
    const uint32_t *spots = f->spots.content.items;
    f->program.size = 0;
    for (int32_t i = 0; i < f->spots.count; i++, spots += FRONT_SPOT) {
        uint32_t first = starts[spots[0]], count = starts[spots[0] + 1] - first;
        uint32_t *at = count ? grow(&f->program, count * sizeof *at) : NULL;
        if (count && (!at || f->program.size > INT32_MAX))
            return FRONT_MEMORY;
        if (count)
            memcpy(at, pairs + first, count * sizeof *at);
    }
    return COUNT(f->program, uint32_t);
}

/* Numbers of LEB128, 10 bytes at most. */
static uint8_t *put_unsigned(uint8_t *at, uint64_t value)
{
    for (; value > 0x7f; value >>= 7)
        *at++ = (uint8_t)(value | 0x80);
    *at++ = (uint8_t)value;
    return at;
}

static uint8_t *put_signed(uint8_t *at, int64_t value)
{
    for (; value < -0x40 || value > 0x3f; value = value < 0 ? ~(~value >> 7) : value >> 7)
        *at++ = (uint8_t)(value | 0x80);
    *at++ = (uint8_t)(value & 0x7f);
    return at;
}

/* What a line program stands at: an address in syllables, a line, a column and a file. */
typedef struct {
    int64_t address, line, column, file;
} row;

static uint8_t *put_row(uint8_t *at, const row *before, const row *next)
{
    if (next->file != before->file) {
        *at++ = SET_FILE;
        at = put_unsigned(at, (uint64_t)next->file);
    }
    if (next->column != before->column) {
        *at++ = SET_COLUMN;
        at = put_unsigned(at, (uint64_t)next->column);
    }
    *at++ = ADVANCE_PC;
    at = put_unsigned(at, (uint64_t)(next->address - before->address));
    *at++ = ADVANCE_LINE;
    at = put_signed(at, next->line - before->line);
    *at++ = COPY;
    return at;
}

int32_t front_program(front *f, const int64_t *files)
{
    enum { MOST = 5 + 4 * 10 }; /* bytes of a row */
    const int64_t *addresses = column(f, FRONT_ADDRESSES), *origins = column(f, FRONT_ORIGINS);
    const int64_t *lines = column(f, FRONT_LINES), *starts = column(f, FRONT_STARTS);
    row before = {0, 1, 0, 1};
    f->program.size = 0;
    for (int32_t i = 0; i < front_length(f, FRONT_LINES); i++) {
        row next = {addresses[i], lines[i], starts[i], files[origins[i]]};
        uint8_t *at = grow(&f->program, MOST);
        if (!at)
            return FRONT_MEMORY;
        f->program.size -= (size_t)(at + MOST - put_row(at, &before, &next));
        before = next;
    }
    return f->program.size > INT32_MAX ? FRONT_UNFIT : (int32_t)f->program.size;
}

const char *front_program_bytes(const front *f) { return f->program.items; }
