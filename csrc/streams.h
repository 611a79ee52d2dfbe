/* Streams: what passes a position, sampling it, results on their way, and what is lost. */
#ifndef LPU_STREAMS_H
#define LPU_STREAMS_H
#include "buffers.h"

static inline unsigned direction_of(unsigned stream) { return stream >= LPU_WEST_FLOW; }

/* Where the values are that pass position p in a direction in the present cycle. */
static inline unsigned diagonal_at(const lpu_tensor *t, unsigned direction, unsigned position)
{
    unsigned index = direction ? t->phase + position : t->phase + t->positions - position;
    return index < t->positions ? index : index - t->positions;
}

/* The number of the lowest bit that is set; some is. */
static inline unsigned lowest_bit(uint32_t bits)
{
#if defined(__GNUC__)
    return (unsigned)__builtin_ctz(bits);
#else
    unsigned number = 0;
    while (!(bits >> number & 1))
        number++;
    return number;
#endif
}

static inline uint32_t group_bits(unsigned stream, unsigned width)
{
    return (uint32_t)((1ull << width) - 1) << stream % STREAMS;
}

/* The cells of a value that hold a byte of it, and those of which it has one: a bit a stream. */
static inline uint32_t held_bits(const lpu_value *value) { return (uint32_t)value->held << value->stream % STREAMS; }
static inline uint32_t carried_bits(const lpu_value *value) { return (uint32_t)value->carried << value->stream % STREAMS; }

/* Look at an element's source as it passes, and note what it samples. False if it is empty or torn. */
bool lpu_look(const lpu_tensor *t, lpu_element *element, unsigned source);
/* The values that pass an op's source, stream by stream, where there are any. */
const uint32_t *lpu_cells_of(const lpu_tensor *t, const lpu_tensor_op *op, unsigned source);
/* Of a group from `stream` on: the first that does not fit the others, or `width`. */
unsigned lpu_torn_at(const lpu_tensor *t, const uint32_t *values, unsigned stream, unsigned width);
/* What an element samples: the bytes of each stream; and, of a single group, its elements, for which there is room. */
void lpu_sampled_planes(lpu_tensor *t, const lpu_element *element, unsigned source, const uint8_t *planes[MAX_TAKEN]);
const void *lpu_sampled_elements(lpu_tensor *t, const lpu_element *element, unsigned source, void *room);
/* Count an op's source as sampled. */
void lpu_note_sampled(lpu_tensor *t, const lpu_tensor_op *op, unsigned source);

/* Claim the streams of a result that lands in a cycle; false, and nothing claimed, when one is taken. */
bool lpu_claim_streams(lpu_tensor *t, const lpu_tensor_op *op, uint64_t landing);
void lpu_unclaim_streams(lpu_tensor *t, const lpu_tensor_op *op, uint64_t landing);
uint64_t lpu_target_bits(const lpu_tensor_op *op);
/* A buffer with a group of an element's result goes on its way, or to where the element says. */
void lpu_send(lpu_tensor *t, const lpu_element *element, unsigned group, uint32_t buffer);

/* A value that is in no cell and in no list, to be filled in; and one that is no more, with its share of a buffer. */
uint32_t lpu_take_value(lpu_tensor *t);
void lpu_give_back(lpu_tensor *t, uint32_t value);
void lpu_put_pending(lpu_tensor *t, uint32_t value, uint64_t landing);
/* A hop: what was at the last position is gone. */
void lpu_move_streams(lpu_tensor *t);
/* The results that are due replace what passes. */
void lpu_land_results(lpu_tensor *t);
/* Forget all values and results. */
void lpu_clear_streams(lpu_tensor *t);

#endif
