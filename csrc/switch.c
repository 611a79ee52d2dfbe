/* SXM: what the switches do with lanes, and their map registers. See switch.h. */
#include "switch.h"
#include <stdlib.h>
#include <string.h>
#include "reduce.h"

enum { MOST_LANES = 512, SUPERLANE = 16, SIDES = 2 };

/* Lanes move -------------------------------------------------------------------------------------------------------- */
/* How many lanes a shift or selection is about. */
static size_t amount_of(const switch_op *op) { return op->amount < op->lanes ? op->amount : op->lanes; }

/* The lanes from `first` on that nothing comes into; at the edge, all take one lane. */
static void enter(const switch_op *op, uint8_t *d, size_t first, const uint8_t *edge)
{
    for (size_t i = 0; i < amount_of(op); i++)
        for (size_t k = 0; k < op->width; k++)
            d[(first + i) * op->width + k] = edge ? edge[k] : 0;
}

/* Lanes come from `amount` lanes below. */
static void shift_up(const switch_op *op, uint8_t *d, const uint8_t *a, const uint8_t *edge)
{
    size_t amount = amount_of(op);
    enter(op, d, 0, edge);
    memcpy(d + amount * op->width, a, (op->lanes - amount) * op->width);
}

static void shift_down(const switch_op *op, uint8_t *d, const uint8_t *a, const uint8_t *edge)
{
    size_t amount = amount_of(op), kept = op->lanes - amount;
    memcpy(d, a + amount * op->width, kept * op->width);
    enter(op, d, kept, edge);
}

static void select_lanes(const switch_op *op, uint8_t *d, const uint8_t *a, const uint8_t *b)
{
    size_t first = amount_of(op) * op->width;
    memcpy(d, a, first);
    memcpy(d + first, b + first, op->lanes * op->width - first);
}

/* Lane l takes the lane map[l] of a; a lane more, of zero, stands for SWITCH_ZERO. */
#define TAKE_LANES(T) \
    static void take_lanes_##T(T *restrict d, const T *a, const uint16_t *map, size_t lanes) \
    { \
        T source[MOST_LANES + 1]; \
        memcpy(source, a, lanes * sizeof *a); \
        source[lanes] = 0; \
        for (size_t l = 0; l < lanes; l++) \
            d[l] = source[map[l] < lanes ? map[l] : lanes]; \
    }
TAKE_LANES(uint8_t)
TAKE_LANES(uint16_t)
TAKE_LANES(uint32_t)

static void take_lanes(const switch_op *op, void *d, const void *a, size_t first, size_t lanes)
{
    const uint16_t *map = op->map + first;
    switch (op->width) {
    case 1: take_lanes_uint8_t((uint8_t *)d + first, (const uint8_t *)a + first, map, lanes); break;
    case 2: take_lanes_uint16_t((uint16_t *)d + first, (const uint16_t *)a + first, map, lanes); break;
    default: take_lanes_uint32_t((uint32_t *)d + first, (const uint32_t *)a + first, map, lanes); break;
    }
}

static void distribute(const switch_op *op, void *d, const void *a)
{
    for (size_t first = 0; first < op->lanes; first += SUPERLANE)
        take_lanes(op, d, a, first, SUPERLANE);
}

/* Across lanes ------------------------------------------------------------------------------------------------------ */
static void reduce(const switch_op *op, uint32_t *d, const uint32_t *a)
{
    memcpy(d, a, op->lanes * sizeof *d);
    reduce_lanes(op->semantics, op->type, d, op->lanes, op->by_superlane ? SUPERLANE : op->lanes);
}

void switch_apply(const switch_op *op, void *d, const void *a, const void *b)
{
    const uint8_t *bytes = a;
    switch (op->semantics) {
    case LPU_SEM_SHIFT_UP: shift_up(op, d, a, NULL); break;
    case LPU_SEM_SHIFT_DOWN: shift_down(op, d, a, NULL); break;
    case LPU_SEM_SHIFT_UP_EDGE: shift_up(op, d, a, bytes); break;
    case LPU_SEM_SHIFT_DOWN_EDGE: shift_down(op, d, a, bytes + (op->lanes - 1) * op->width); break;
    case LPU_SEM_SELECT: select_lanes(op, d, a, b); break;
    case LPU_SEM_PERMUTE: take_lanes(op, d, a, 0, op->lanes); break;
    case LPU_SEM_DISTRIBUTE: distribute(op, d, a); break;
    default: reduce(op, d, a); break;
    }
}

bool switch_passes_on(const switch_op *op)
{
    switch (op->semantics) {
    case LPU_SEM_SHIFT_UP:
    case LPU_SEM_SHIFT_DOWN:
    case LPU_SEM_SHIFT_UP_EDGE:
    case LPU_SEM_SHIFT_DOWN_EDGE: return op->amount == 0;
    default: return false;
    }
}

void switch_transpose(size_t lanes, uint8_t *const *d, const uint8_t *const *a)
{
    for (size_t first = 0; first < lanes; first += SUPERLANE)
        for (size_t j = 0; j < SUPERLANE; j++)
            for (size_t l = 0; l < SUPERLANE; l++)
                d[j][first + l] = a[l][first + j];
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

void switch_load(lpu_maps *maps, unsigned hemisphere, unsigned number, const uint16_t *entries)
{
    memcpy(maps->entries[hemisphere][number], entries, maps->lanes * sizeof *entries);
    maps->loaded[hemisphere][number] = true;
}

void switch_set(lpu_maps *maps, unsigned hemisphere, unsigned number, const uint8_t *data)
{
    uint16_t *entries = maps->entries[hemisphere][number];
    for (size_t l = 0; l < maps->lanes; l++)
        entries[l] = (uint16_t)(data[2 * l] | data[2 * l + 1] << 8);
    maps->loaded[hemisphere][number] = true;
}
