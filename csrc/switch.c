/* SXM: what the switches do with lanes, and their map registers. See switch.h. */
#include "switch.h"
#include <stdlib.h>
#include <string.h>
#include "lanes.h"
#include "reduce.h"

enum { MOST_LANES = 512, SUPERLANE = 16, SIDES = 2, WORD = sizeof(uint32_t) };

/* One byte of every lane ------------------------------------------------------------------------------------------ */
/* Lanes come from `amount` lanes below; `entering` comes into those that have none there. */
static void shift_up(const switch_op *op, uint8_t *d, const uint8_t *a, int entering)
{
    size_t amount = op->amount < op->lanes ? op->amount : op->lanes;
    memset(d, entering, amount);
    memcpy(d + amount, a, op->lanes - amount);
}

static void shift_down(const switch_op *op, uint8_t *d, const uint8_t *a, int entering)
{
    size_t amount = op->amount < op->lanes ? op->amount : op->lanes;
    memcpy(d, a + amount, op->lanes - amount);
    memset(d + op->lanes - amount, entering, amount);
}

static void select_lanes(const switch_op *op, uint8_t *d, const uint8_t *a, const uint8_t *b)
{
    size_t amount = op->amount < op->lanes ? op->amount : op->lanes;
    memcpy(d, a, amount);
    memcpy(d + amount, b + amount, op->lanes - amount);
}

/* Lane l takes the lane map[l] of a; a lane more, of zero, stands for SWITCH_ZERO. */
static void take_lanes(uint8_t *restrict d, const uint8_t *a, const uint16_t *map, size_t lanes)
{
    uint8_t source[MOST_LANES + 1];
    memcpy(source, a, lanes);
    source[lanes] = 0;
    for (size_t l = 0; l < lanes; l++)
        d[l] = source[map[l] < lanes ? map[l] : lanes];
}

static void distribute(const switch_op *op, uint8_t *d, const uint8_t *a)
{
    for (size_t first = 0; first < op->lanes; first += SUPERLANE)
        take_lanes(d + first, a + first, op->map + first, SUPERLANE);
}

static void move_bytes(const switch_op *op, uint8_t *d, const uint8_t *a, const uint8_t *b)
{
    switch (op->semantics) {
    case LPU_SEM_SHIFT_UP: shift_up(op, d, a, 0); break;
    case LPU_SEM_SHIFT_DOWN: shift_down(op, d, a, 0); break;
    case LPU_SEM_SHIFT_UP_EDGE: shift_up(op, d, a, a[0]); break;
    case LPU_SEM_SHIFT_DOWN_EDGE: shift_down(op, d, a, a[op->lanes - 1]); break;
    case LPU_SEM_SELECT: select_lanes(op, d, a, b); break;
    case LPU_SEM_PERMUTE: take_lanes(d, a, op->map, op->lanes); break;
    default: distribute(op, d, a); break;
    }
}

/* Across streams and lanes ---------------------------------------------------------------------------------------- */
static void transpose(size_t lanes, uint8_t *const *d, const uint8_t *const *a)
{
    for (size_t first = 0; first < lanes; first += SUPERLANE)
        for (size_t j = 0; j < SUPERLANE; j++)
            for (size_t l = 0; l < SUPERLANE; l++)
                d[j][first + l] = a[l][first + j];
}

static void reduce(const switch_op *op, uint8_t *const *d, const uint8_t *const *a)
{
    uint32_t words[MOST_LANES];
    lanes_join(words, a, WORD, op->lanes);
    reduce_lanes(op->semantics, op->type, words, op->lanes, op->by_superlane ? SUPERLANE : op->lanes);
    lanes_split(d, words, WORD, op->lanes);
}

void switch_apply(const switch_op *op, uint8_t *const *d, const uint8_t *const *a, const uint8_t *const *b)
{
    switch (op->semantics) {
    case LPU_SEM_TRANSPOSE: transpose(op->lanes, d, a); break;
    case LPU_SEM_REDUCE_ADD:
    case LPU_SEM_REDUCE_MAX:
    case LPU_SEM_REDUCE_MIN: reduce(op, d, a); break;
    default:
        for (size_t k = 0; k < op->width; k++)
            move_bytes(op, d[k], a[k], b ? b[k] : NULL);
    }
}

size_t switch_bad_lane(const switch_op *op)
{
    size_t reach = op->semantics == LPU_SEM_DISTRIBUTE ? SUPERLANE : op->lanes, lane = 0;
    while (lane < op->lanes && (op->map[lane] < reach || op->map[lane] == SWITCH_ZERO))
        lane++;
    return lane;
}

/* Map registers --------------------------------------------------------------------------------------------------- */
struct lpu_maps {
    size_t lanes;
    uint8_t fill;
    bool loaded[SIDES][SWITCH_MAPS];
    uint16_t entries[SIDES][SWITCH_MAPS][MOST_LANES];
};

lpu_maps *switch_create(size_t lanes, uint8_t fill)
{
    lpu_maps *maps = malloc(sizeof *maps);
    if (!maps)
        return NULL;
    maps->lanes = lanes;
    maps->fill = fill;
    switch_clear(maps);
    return maps;
}

void switch_destroy(lpu_maps *maps) { free(maps); }

void switch_clear(lpu_maps *maps)
{
    memset(maps->loaded, 0, sizeof maps->loaded);
    memset(maps->entries, maps->fill, sizeof maps->entries);
}

bool switch_is_loaded(const lpu_maps *maps, unsigned hemisphere, unsigned number)
{
    return maps->loaded[hemisphere][number];
}

const uint16_t *switch_map(const lpu_maps *maps, unsigned hemisphere, unsigned number)
{
    return maps->entries[hemisphere][number];
}

void switch_load(lpu_maps *maps, unsigned hemisphere, unsigned number, const uint8_t *const *streams)
{
    lanes_join(maps->entries[hemisphere][number], streams, sizeof(uint16_t), maps->lanes);
    maps->loaded[hemisphere][number] = true;
}

void switch_set(lpu_maps *maps, unsigned hemisphere, unsigned number, const uint8_t *data)
{
    uint16_t *entries = maps->entries[hemisphere][number];
    for (size_t l = 0; l < maps->lanes; l++)
        entries[l] = (uint16_t)(data[2 * l] | data[2 * l + 1] << 8);
    maps->loaded[hemisphere][number] = true;
}
