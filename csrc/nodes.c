/* The planned bundles, by address and writes in flight. They live in one arena; when it is full all are dropped
 * and planning starts anew, so memory is bounded whatever the program does. */
#include <string.h>
#include "region.h"

enum { ALIGNMENT = 64 };

void lpu_drop_nodes(lpu_machine *m)
{
    lpu_drop_regions(m);
    memset(m->buckets, 0, sizeof m->buckets);
    m->arena_used = 0;
    m->generation++;
}

static void *take(lpu_machine *m, size_t bytes)
{
    void *place = m->arena + m->arena_used;
    m->arena_used += (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    return place;
}

void *lpu_arena_room(lpu_machine *m, size_t bytes)
{
    return m->arena_used + bytes + ALIGNMENT > ARENA_BYTES ? NULL : take(m, bytes);
}

static size_t flights_size(size_t count) { return count * sizeof(lpu_flight); }

static lpu_flight *keep_flights(lpu_machine *m, const lpu_context *context)
{
    return memcpy(take(m, flights_size(context->count)), context->flights, flights_size(context->count));
}

/* FNV-1a over the address and the flights */
static uint32_t bucket_of(uint32_t pc, const lpu_context *context)
{
    uint32_t hash = (2166136261u ^ pc) * 16777619u;
    const uint8_t *bytes = (const uint8_t *)context->flights;
    for (size_t i = 0; i < flights_size(context->count); i++)
        hash = (hash ^ bytes[i]) * 16777619u;
    return (hash ^ hash >> 16) % BUCKETS;
}

static bool is_node_of(const lpu_node *node, uint32_t pc, const lpu_context *context)
{
    return node->pc == pc && node->before_count == context->count
           && !memcmp(node->before, context->flights, flights_size(context->count));
}

static lpu_node *make_node(lpu_machine *m, uint32_t pc, const lpu_context *before)
{
    lpu_context after;
    lpu_node *node = take(m, 0);
    memset(node, 0, sizeof *node);
    node->pc = pc;
    take(m, sizeof *node + lpu_plan(m, node, before, &after) * sizeof *node->steps);
    node->before = keep_flights(m, before);
    node->before_count = (uint16_t)before->count;
    node->after = keep_flights(m, &after);
    node->after_count = (uint16_t)after.count;
    return node;
}

/* The plan of the bundle at pc for m->context. */
lpu_node *lpu_node_at(lpu_machine *m, uint32_t pc)
{
    size_t most = sizeof(lpu_node) + MAX_MICROS * sizeof(lpu_micro) + 2 * flights_size(MAX_FLIGHTS) + 4 * ALIGNMENT;
    lpu_node **bucket = &m->buckets[bucket_of(pc, &m->context)];
    for (lpu_node *node = *bucket; node; node = node->chain)
        if (is_node_of(node, pc, &m->context))
            return node;
    if (m->arena_used + most > ARENA_BYTES)
        lpu_drop_nodes(m);
    lpu_node *node = make_node(m, pc, &m->context);
    node->chain = *bucket;
    return *bucket = node;
}

/* The plan to go on with `cost` cycles after a node; remembered in the node's link if the node still exists. */
lpu_node *lpu_follow(lpu_machine *m, lpu_node *node, uint32_t pc, uint64_t cost, lpu_node **link)
{
    uint32_t generation = m->generation;
    m->context.count = 0;
    for (size_t i = 0; i < node->after_count; i++) {
        lpu_flight flight = node->after[i];
        if (flight.remaining <= cost)
            continue;
        flight.remaining = (uint8_t)(flight.remaining - cost);
        flight.age = (uint8_t)(flight.age + cost);
        m->context.flights[m->context.count++] = flight;
    }
    lpu_node *found = lpu_node_at(m, pc);
    if (generation == m->generation)
        *link = found;
    return found;
}
