#include <stdlib.h>
#include <string.h>
#include "intern.h"

enum { FIRST_ROOM = 4096, FIRST_SLOTS = 1024 };

void *grow(grown *g, size_t bytes)
{
    if (g->size + bytes > g->room) {
        size_t room = 2 * g->room + bytes + FIRST_ROOM;
        void *items = realloc(g->items, room);
        if (!items)
            return NULL;
        g->items = items, g->room = room;
    }
    g->size += bytes;
    return (uint8_t *)g->items + g->size - bytes;
}

bool grow_to(grown *g, size_t size, int byte)
{
    if (size <= g->size)
        return true;
    size_t more = size - g->size;
    void *added = grow(g, more);
    if (added)
        memset(added, byte, more);
    return added;
}

bool push(grown *stack, int32_t number)
{
    int32_t *top = grow(stack, sizeof *top);
    if (top)
        *top = number;
    return top;
}

int32_t pop(grown *stack)
{
    stack->size -= sizeof(int32_t);
    return *(int32_t *)((uint8_t *)stack->items + stack->size);
}

static uint64_t mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 32; /* what is looked up by are the low bits */
}

static uint64_t hash_of(const uint8_t *bytes, size_t size)
{
    uint64_t hash = size, word;
    for (; size >= sizeof word; bytes += sizeof word, size -= sizeof word) {
        memcpy(&word, bytes, sizeof word);
        hash = mix(hash, word);
    }
    word = 0;
    while (size)
        word = word << 8 | bytes[--size];
    return mix(hash, word);
}

const void *interned_at(const interned *table, int32_t number, size_t *size)
{
    const size_t *starts = table->starts.items;
    *size = starts[number + 1] - starts[number];
    return (const uint8_t *)table->content.items + starts[number];
}

static bool is_at(const interned *table, int32_t number, const void *bytes, size_t size)
{
    size_t known;
    const void *content = interned_at(table, number, &known);
    return known == size && memcmp(content, bytes, size) == 0;
}

static bool make_room(interned *table)
{
    size_t capacity = table->capacity ? 2 * table->capacity : FIRST_SLOTS;
    int32_t *slots = calloc(capacity, sizeof *slots);
    if (!slots)
        return false;
    const uint64_t *hashes = table->hashes.items;
    for (int32_t number = 0; number < table->count; number++) {
        size_t slot = hashes[number] & (capacity - 1);
        while (slots[slot])
            slot = (slot + 1) & (capacity - 1);
        slots[slot] = number + 1;
    }
    free(table->slots);
    table->slots = slots, table->capacity = capacity;
    return true;
}

static bool add(interned *table, const void *bytes, size_t size, uint64_t hash)
{
    if (!table->count && !table->starts.size) {
        size_t *first = grow(&table->starts, sizeof *first);
        if (!first)
            return false;
        *first = 0;
    }
    uint64_t *known = grow(&table->hashes, sizeof *known);
    size_t *end = known ? grow(&table->starts, sizeof *end) : NULL;
    void *content = end ? grow(&table->content, size) : NULL;
    if (!content)
        return false;
    memcpy(content, bytes, size);
    *known = hash, *end = table->content.size;
    table->count++;
    return true;
}

int32_t intern(interned *table, const void *bytes, size_t size)
{
    if (2 * (size_t)table->count >= table->capacity && !make_room(table))
        return -1;
    uint64_t hash = hash_of(bytes, size);
    size_t slot = hash & (table->capacity - 1);
    const uint64_t *hashes = table->hashes.items;
    for (; table->slots[slot]; slot = (slot + 1) & (table->capacity - 1)) {
        int32_t number = table->slots[slot] - 1;
        if (hashes[number] == hash && is_at(table, number, bytes, size))
            return number;
    }
    if (table->count == INT32_MAX || !add(table, bytes, size, hash))
        return -1;
    table->slots[slot] = table->count;
    return table->count - 1;
}

void intern_free(interned *table)
{
    free(table->content.items);
    free(table->starts.items);
    free(table->hashes.items);
    free(table->slots);
}
