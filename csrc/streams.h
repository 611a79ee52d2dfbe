/* Streams: what passes a position, sampling it, results on their way, and what is lost. */
#ifndef LPU_STREAMS_H
#define LPU_STREAMS_H
#include "tensor.h"

static inline unsigned direction_of(unsigned stream) { return stream >= LPU_WEST_FLOW; }

/* Where the values are that pass position p in a direction in the present cycle. */
static inline unsigned diagonal_at(const lpu_tensor *t, unsigned direction, unsigned position)
{
    unsigned index = direction ? t->phase + position : t->phase + t->positions - position;
    return index < t->positions ? index : index - t->positions;
}

static inline uint32_t group_bits(unsigned stream, unsigned width)
{
    return (uint32_t)((1ull << width) - 1) << stream % STREAMS;
}

static inline uint8_t *value_data(const lpu_tensor *t, uint32_t value)
{
    return t->streams.data + (size_t)value * t->lane_stride;
}

/* Look at an op's source as it passes: the numbers of its values. False if one is empty or torn. */
bool lpu_look(const lpu_tensor *t, const lpu_tensor_op *op, unsigned source, uint32_t *values);
/* Of a group: the first stream that does not fit the others, or `width`. */
unsigned lpu_torn_at(const lpu_tensor *t, const uint32_t *values, unsigned width);
/* Count an op's source as sampled. */
void lpu_note_sampled(lpu_tensor *t, const lpu_tensor_op *op, unsigned source);

/* Claim the streams of a result that lands in a cycle; false, and nothing claimed, when one is taken. */
bool lpu_claim_streams(lpu_tensor *t, const lpu_tensor_op *op, uint64_t landing);
void lpu_unclaim_streams(lpu_tensor *t, const lpu_tensor_op *op, uint64_t landing);
uint64_t lpu_target_bits(const lpu_tensor_op *op);
/* The k-th byte of an element's result, on its way; returns where its bytes, one a lane, are to be put. */
uint8_t *lpu_make_result(lpu_tensor *t, const lpu_element *element, unsigned k);

/* A value that is in no cell and in no list, to be filled in. */
uint32_t lpu_take_value(lpu_tensor *t);
void lpu_put_pending(lpu_tensor *t, uint32_t value, uint64_t landing);
/* A hop: what was at the last position is gone. */
void lpu_move_streams(lpu_tensor *t);
/* The results that are due replace what passes. */
void lpu_land_results(lpu_tensor *t);
/* Forget all values and results. */
void lpu_clear_streams(lpu_tensor *t);

#endif
