/* All items in one piece of memory, and back: what snapshots keep of a busy tensor face. */
#include <string.h>
#include "machine.h"
#include "zeros.h"

enum { ALIGNMENT = 8 };

/* Stands before the bytes of an item, which are filled up to a multiple of ALIGNMENT. */
typedef struct {
    int64_t kind, numbers[sizeof ((lpu_item *)0)->numbers / sizeof(int64_t)], size;
} header;

static size_t filled_up(size_t size) { return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT; }

/* The next item, its numbers that its kind has not being 0. */
static bool next(lpu_machine *m, lpu_item *item)
{
    *item = (lpu_item){0};
    return lpu_items_next(m, item);
}

static size_t packed_size(lpu_machine *m)
{
    size_t size = 0;
    lpu_items_begin(m);
    for (lpu_item item; next(m, &item);)
        size += sizeof(header) + filled_up(item.size);
    return size;
}

/* Returns where the next one goes. */
static uint8_t *pack(uint8_t *to, const lpu_item *item)
{
    header h = {.kind = item->kind, .size = (int64_t)item->size};
    size_t size = filled_up(item->size);
    memcpy(h.numbers, item->numbers, sizeof h.numbers);
    memcpy(to, &h, sizeof h);
    to += sizeof h;
    memset(to + item->size, 0, size - item->size);
    if (item->size)
        memcpy(to, item->data, item->size);
    return to + size;
}

uint8_t *lpu_pack_items(lpu_machine *m, size_t *size)
{
    *size = packed_size(m);
    uint8_t *bytes = *size ? lpu_room(*size) : NULL, *to = bytes;
    lpu_items_begin(m);
    for (lpu_item item; to && next(m, &item);)
        to = pack(to, &item);
    return bytes;
}

void lpu_free_pack(uint8_t *bytes) { lpu_free_zeros(bytes); }

/* Read the next item; the bytes it takes, or 0 where there is none. */
static size_t unpack(const uint8_t *bytes, size_t size, lpu_item *item)
{
    header h;
    if (size < sizeof h)
        return 0;
    memcpy(&h, bytes, sizeof h);
    size -= sizeof h;
    if (h.size < 0 || (uint64_t)h.size > size || filled_up((size_t)h.size) > size)
        return 0;
    *item = (lpu_item){.kind = h.kind, .size = (size_t)h.size, .data = bytes + sizeof h};
    memcpy(item->numbers, h.numbers, sizeof h.numbers);
    return sizeof h + filled_up(item->size);
}

int lpu_unpack_items(lpu_machine *m, const uint8_t *bytes, size_t size)
{
    lpu_item item;
    for (size_t taken; size; bytes += taken, size -= taken) {
        taken = unpack(bytes, size, &item);
        if (!taken || lpu_items_put(m, &item))
            return -1;
    }
    return lpu_items_end(m);
}
