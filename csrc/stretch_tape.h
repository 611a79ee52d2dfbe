/* The tapes of streams: see stretch.h. Places on one are counted against the flow, from what leaves the chip in the first
 * cycle of the stretch. */
#ifndef LPU_STRETCH_TAPE_H
#define LPU_STRETCH_TAPE_H
#include "clones.h"
#include "stretch.h"

enum { CHUNK = 16 }; /* a loop of that length becomes a few vector instructions */

/* How many positions there are behind one, in a direction. */
static inline unsigned rank_of(const lpu_tensor *t, unsigned direction, unsigned position)
{
    return direction ? position : t->positions - 1 - position;
}

static inline unsigned position_of(const lpu_tensor *t, unsigned direction, unsigned rank)
{
    return rank_of(t, direction, rank);
}

/* The place on a tape of what passes a position of some rank in a cycle. */
static inline unsigned place_of(unsigned rank, unsigned cycle) { return cycle + rank + 1; }

/* The diagonal of a place below the number of positions, at the beginning of a stretch. The first one leaves the chip. */
static inline unsigned diagonal_of(const lpu_tensor *t, unsigned direction, unsigned place)
{
    unsigned rank = (place + t->positions - 1) % t->positions;
    return diagonal_at(t, direction, position_of(t, direction, rank));
}

static inline uint64_t bits_of(const lpu_place *place)
{
    bool is_stream = place->groups && place->number < LPU_V_REGISTERS;
    return is_stream ? ((1ull << place->width * place->groups) - 1) << place->number : 0;
}

static inline unsigned places_of(const lpu_tensor *t) { return t->stretch->length + t->positions; }

/* The tape of a stream from the place on that an element passes. */
static inline uint32_t *tape_at(lpu_tensor *t, const stretch_node *node, unsigned stream, unsigned cycle)
{
    unsigned rank = rank_of(t, direction_of(stream), (unsigned)node->op->position);
    return &t->stretch->tapes[stream][place_of(rank, cycle)];
}

static inline bool is_strict(const lpu_machine *m) { return m->parameters.strict; }

/* stretch_sample.c: what a burst samples of a source, in all cycles. */
void stretch_sample(lpu_tensor *t, stretch_node *node, unsigned source);
/* stretch_land.c: what lands at a position: what was on its way before; the results of a burst. */
void stretch_land_pending(lpu_machine *m, unsigned direction, unsigned position);
void stretch_land_results(lpu_machine *m, const stretch_node *node);

#endif
