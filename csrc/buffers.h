/* Where the lanes of results are: in buffers, shared by all streams and v registers that hold the result. A buffer has
 * them as elements (lane after lane) or as byte planes (the first bytes of all lanes, then the second ones), or, once
 * somebody asked for the other form, as both. */
#ifndef LPU_BUFFERS_H
#define LPU_BUFFERS_H
#include "tensor.h"

enum { AS_ELEMENTS = 1, AS_PLANES = 2 };

/* A buffer for elements of `width` bytes, with one holder, to be filled in the form that is named. */
uint32_t lpu_take_buffer(lpu_tensor *t, unsigned width, unsigned form);
void lpu_clear_buffers(lpu_tensor *t);

/* One holder more; gives the buffer back. */
static inline uint32_t lpu_hold_buffer(lpu_tensor *t, uint32_t buffer)
{
    t->buffers.all[buffer].holders++;
    return buffer;
}

static inline void lpu_release_buffer(lpu_tensor *t, uint32_t buffer)
{
    lpu_buffers *b = &t->buffers;
    if (--b->all[buffer].holders == 0)
        b->free[b->free_count++] = buffer;
}

/* A buffer, with one holder, for elements that lie somewhere else, and stay there unchanged until it has no holders or
 * has been made to own them. */
uint32_t lpu_lend_buffer(lpu_tensor *t, unsigned width, const void *elements);
void lpu_own_buffer(lpu_tensor *t, uint32_t buffer);
static inline bool is_lent(const lpu_tensor *t, uint32_t buffer) { return t->buffers.all[buffer].lent; }

/* To be read, in either form. */
const void *lpu_buffer_elements(lpu_tensor *t, uint32_t buffer);
const uint8_t *lpu_buffer_plane(lpu_tensor *t, uint32_t buffer, unsigned k);

/* The places to be filled; of elements of one byte both are one. */
static inline uint8_t *elements_of(const lpu_tensor *t, uint32_t buffer)
{
    return t->buffers.data + (size_t)buffer * BUFFER_PLANES * t->lane_stride;
}

static inline uint8_t *plane_of(const lpu_tensor *t, uint32_t buffer, unsigned k)
{
    unsigned before = t->buffers.all[buffer].width == 1 ? 0 : MAX_GROUP;
    return elements_of(t, buffer) + (before + k) * t->lane_stride;
}

#endif
