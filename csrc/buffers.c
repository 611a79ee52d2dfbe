/* Buffers and their two forms: see buffers.h. */
#include "buffers.h"
#include <string.h>
#include "lanes.h"

uint32_t lpu_take_buffer(lpu_tensor *t, unsigned width, unsigned form)
{
    lpu_buffers *b = &t->buffers;
    uint32_t number = b->free_count ? b->free[--b->free_count] : ++b->fresh;
    b->all[number] = (lpu_buffer){.holders = 1, .width = (uint8_t)width, .forms = (uint8_t)form};
    if (width == 1)
        b->all[number].forms = AS_ELEMENTS | AS_PLANES;
    return number;
}

uint32_t lpu_lend_buffer(lpu_tensor *t, unsigned width, const void *elements)
{
    uint32_t number = lpu_take_buffer(t, width, AS_ELEMENTS);
    t->buffers.all[number].lent = elements;
    return number;
}

void lpu_own_buffer(lpu_tensor *t, uint32_t number)
{
    lpu_buffer *buffer = &t->buffers.all[number];
    if (buffer->lent)
        memcpy(elements_of(t, number), buffer->lent, t->lanes * buffer->width);
    buffer->lent = NULL;
}

void lpu_clear_buffers(lpu_tensor *t) { t->buffers.free_count = t->buffers.fresh = 0; }

/* What was read out of memory is next time read in the form that was asked for this time. */
static void note_wish(lpu_tensor *t, const lpu_buffer *buffer, bool elements)
{
    if (buffer->reader)
        t->ops[buffer->reader - 1].wants_elements = elements;
}

const void *lpu_buffer_elements(lpu_tensor *t, uint32_t number)
{
    lpu_buffer *buffer = &t->buffers.all[number];
    const uint8_t *planes[MAX_GROUP];
    if (!(buffer->forms & AS_ELEMENTS)) {
        for (unsigned k = 0; k < buffer->width; k++)
            planes[k] = plane_of(t, number, k);
        lanes_join(elements_of(t, number), planes, buffer->width, t->lanes);
        buffer->forms |= AS_ELEMENTS;
        note_wish(t, buffer, true);
    }
    return buffer->lent ? buffer->lent : elements_of(t, number);
}

const uint8_t *lpu_buffer_plane(lpu_tensor *t, uint32_t number, unsigned k)
{
    lpu_buffer *buffer = &t->buffers.all[number];
    uint8_t *planes[MAX_GROUP];
    if (!(buffer->forms & AS_PLANES)) {
        for (unsigned i = 0; i < buffer->width; i++)
            planes[i] = plane_of(t, number, i);
        lanes_split(planes, lpu_buffer_elements(t, number), buffer->width, t->lanes);
        buffer->forms |= AS_PLANES;
        note_wish(t, buffer, false);
    }
    return buffer->lent && buffer->width == 1 ? buffer->lent : plane_of(t, number, k);
}
