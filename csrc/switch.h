/* SXM: what the switches do with lanes, and their map registers (docs/machine.md, section 17).
 *
 * Streams are byte vectors of all lanes, elements lie lane after lane. Nothing here faults, and nothing allocates but switch_create.
 */
#ifndef LPU_SWITCH_H
#define LPU_SWITCH_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "isa.gen.h"

enum { SWITCH_MAPS = 8, SWITCH_ZERO = 0xFFFF };

/* An op of a switch; what it has no field for is not looked at. */
typedef struct {
    lpu_semantics semantics;
    lpu_type type;       /* of a reduction: i32 or f32 */
    size_t lanes, width; /* bytes of an element */
    size_t amount;
    bool by_superlane; /* a reduction of 16 lanes each, not of all */
    const uint16_t *map;
} switch_op;

/* From the elements a and, of `select`, b, to the elements d, which are apart from both: op->width bytes each, of a
 * reduction 4. The entries of the map are in range. */
void switch_apply(const switch_op *op, void *d, const void *a, const void *b);
/* Whether that gives a as it is. */
bool switch_passes_on(const switch_op *op);
/* From 16 streams to 16 others: within each superlane lane l of stream j is lane j of stream l. */
void switch_transpose(size_t lanes, uint8_t *const *d, const uint8_t *const *a);

/* The first lane whose entry is out of range: neither SWITCH_ZERO nor a lane that the op can reach; `lanes` if none. */
size_t switch_bad_lane(const switch_op *op);

/* Map registers, a set for each hemisphere; those never loaded read as `fill` bytes. */
typedef struct lpu_maps lpu_maps;
lpu_maps *switch_create(size_t lanes, uint8_t fill); /* NULL when memory runs out */
void switch_destroy(lpu_maps *maps);
void switch_clear(lpu_maps *maps);
bool switch_is_loaded(const lpu_maps *maps, unsigned hemisphere, unsigned number);
/* [lanes], valid as long as the maps */
const uint16_t *switch_map(const lpu_maps *maps, unsigned hemisphere, unsigned number);
/* lmap */
void switch_load(lpu_maps *maps, unsigned hemisphere, unsigned number, const uint16_t *entries);
/* The same from the data of an item: 2 bytes a lane. */
void switch_set(lpu_maps *maps, unsigned hemisphere, unsigned number, const uint8_t *data);

#endif
