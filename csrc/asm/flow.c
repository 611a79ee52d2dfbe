/* What is in flight where, and how blocks are scheduled for that, as asm.schedule.flow finds it. */
#include <string.h>
#include "state.h"

enum { ASK = 1 };

static int32_t *flight_to(const plan *p, int32_t number) { return ITEMS(p->flights, in_flight)[number]; }
static schedule *schedule_at(const plan *p, int32_t number) { return ITEMS(p->schedules, schedule) + number; }
static int32_t most(int32_t a, int32_t b) { return a > b ? a : b; }
static int32_t least(int32_t a, int32_t b) { return a < b ? a : b; }

static const bundle_kind *kind_at(const plan *p, int32_t number)
{
    return ITEMS(p->kinds, bundle_kind) + ITEMS(p->bundles, bundle)[number].kind;
}

/* The lowest register of some, which is taken off them. */
static int take(uint64_t *registers)
{
    int lowest = __builtin_ctzll(*registers);
    *registers &= *registers - 1;
    return lowest;
}

/* Find the schedule of a linear block for what is in flight; whether there is memory. */
static bool find_schedule(plan *p, int32_t number)
{
    block *b = lpu_block(p, number);
    int32_t key[1 + FRONT_REGISTERS] = {b->kind};
    memcpy(key + 1, flight_to(p, number), sizeof(in_flight));
    b->schedule = intern(&p->scheduled, key, sizeof key);
    return b->schedule >= 0 && grow_to(&p->schedules, ((size_t)b->schedule + 1) * sizeof(schedule), 0);
}

static int32_t cycles_of(const plan *p, int32_t number) { return ITEMS(p->bundles, bundle)[number].control.cycles; }

/* Bundles issue as they stand. */
static void land(const plan *p, int32_t number, int32_t *landings)
{
    const block *b = lpu_block(p, number);
    memcpy(landings, flight_to(p, number), sizeof(in_flight));
    for (int32_t i = b->first, now = 0; i < b->end; now += cycles_of(p, i++))
        for (uint64_t written = kind_at(p, i)->written; written;) {
            int at = take(&written);
            landings[at] = most(landings[at], now + kind_at(p, i)->latencies[at]);
        }
}

/* The cycle in which the last bundle of an explicit block issues. */
static int32_t last_issue(const plan *p, const block *b)
{
    int32_t now = 0;
    for (int32_t i = b->first; i < b->end - 1; i++)
        now += cycles_of(p, i);
    return now;
}

/* When each register has landed after a block that is scheduled. */
static void land_scheduled(const plan *p, int32_t number, int32_t *landings)
{
    const block *b = lpu_block(p, number);
    if (b->is_explicit)
        land(p, number, landings);
    else
        memcpy(landings, schedule_at(p, b->schedule)->landings, sizeof(in_flight));
}

/* The cycle, from its start, in which the block after one is entered. */
static int32_t leave(const plan *p, const block *b, bool taken)
{
    if (b->first == b->end)
        return 0;
    int32_t last = b->is_explicit ? last_issue(p, b) : schedule_at(p, b->schedule)->last;
    if (b->control.how == FRONT_PASSES)
        return (b->is_explicit ? last : schedule_at(p, b->schedule)->latest) + 1;
    return last + (taken ? b->control.taken : b->control.cycles);
}

/* Add what is late at the end of a way to what may be in flight there. */
static void flow(plan *p, const edge *e, const int32_t *landings, int32_t left)
{
    int32_t *entry = flight_to(p, e->to);
    bool grew = false;
    for (int32_t i = 0; i < FRONT_REGISTERS; i++)
        if (landings[i] - left > entry[i] && !(e->settles >> i & 1))
            entry[i] = landings[i] - left, grew = true;
    if (!grew)
        return;
    ITEMS(p->changed, uint8_t)[e->to] = true;
    p->at = least(p->at, e->to);
}

/* Schedule a block; ASK when its schedule is not told. */
static int32_t visit(plan *p, int32_t number)
{
    block *b = lpu_block(p, number);
    if (!b->is_explicit && !find_schedule(p, number))
        return FRONT_MEMORY;
    if (!b->is_explicit && !schedule_at(p, b->schedule)->is_told)
        return ASK;
    ITEMS(p->changed, uint8_t)[number] = false;
    in_flight landings;
    land_scheduled(p, number, landings);
    const edge *edges = lpu_edges(p, b);
    for (int32_t i = 0; i < b->edge_count; i++)
        if (edges[i].to != NOWHERE)
            flow(p, &edges[i], landings, leave(p, b, edges[i].taken));
    return 0;
}

int32_t front_ask_schedule(front *f)
{
    plan *p = &f->plan;
    for (;;) {
        const uint8_t *first = p->changed.items;
        const uint8_t *next = first ? memchr(first + p->at, true, p->changed.size - (size_t)p->at) : NULL;
        if (!next) {
            p->at = 0;
            return FRONT_DONE;
        }
        p->at = (int32_t)(next - first);
        int32_t found = visit(p, p->at);
        if (found)
            return found == ASK ? p->at : found;
    }
}

int32_t front_tell_schedule(front *f, int32_t number, const int32_t *numbers)
{
    schedule *made = schedule_at(&f->plan, lpu_block(&f->plan, number)->schedule);
    made->last = numbers[0], made->latest = numbers[1], made->is_told = true;
    memcpy(made->landings, numbers + 2, sizeof(in_flight));
    memcpy(made->limits, numbers + 2 + FRONT_REGISTERS, sizeof(in_flight));
    return 0;
}

const int32_t *front_in_flight(const front *f, int32_t number) { return flight_to(&f->plan, number); }

/* What blocks owe ----------------------------------------------------------------------------------------------- */
static void limit(int32_t *limits, int at, int32_t cycle)
{
    if (limits[at] < 0 || cycle < limits[at])
        limits[at] = cycle;
}

/* What a bundle reads must have landed when it issues, and what it writes before that lands again. */
static void find_limits(const plan *p, const block *b, int32_t *limits)
{
    for (int32_t i = b->first, now = 0; i < b->end; now += cycles_of(p, i++)) {
        const bundle_kind *kind = kind_at(p, i);
        for (uint64_t reads = kind->reads; reads;)
            limit(limits, take(&reads), now);
        for (uint64_t written = kind->written; written;) {
            int at = take(&written);
            limit(limits, at, now + kind->latencies[at] - 1);
        }
    }
}

/* How long results may still be on their way when a block is entered: see Flow._allowed. */
static void allow(const plan *p, int32_t number, int32_t *allowed)
{
    const block *b = lpu_block(p, number);
    const edge *edges = lpu_edges(p, b);
    int32_t until = leave(p, b, b->edge_count && edges[0].taken);
    for (int32_t i = 1; i < b->edge_count; i++)
        until = least(until, leave(p, b, edges[i].taken));
    in_flight limits;
    memset(limits, 0xff, sizeof limits);
    if (b->is_explicit)
        find_limits(p, b, limits);
    else
        memcpy(limits, schedule_at(p, b->schedule)->limits, sizeof limits);
    for (int32_t i = 0; i < FRONT_REGISTERS; i++)
        allowed[i] = most(limits[i] < 0 ? until : least(until, limits[i]), flight_to(p, number)[i]);
}

/* By how much one way lets a block be left later. */
static int32_t owed(const plan *p, const edge *e, const int32_t *landings, int32_t left)
{
    uint64_t late = 0;
    for (int32_t i = 0; i < FRONT_REGISTERS; i++)
        late |= (uint64_t)(landings[i] > left) << i;
    late &= e->settles;
    in_flight allowed = {0};
    if (late && e->to != NOWHERE)
        allow(p, e->to, allowed);
    int32_t longest = 0;
    while (late) {
        int at = take(&late);
        longest = most(longest, landings[at] - left - allowed[at]);
    }
    return longest;
}

int32_t lpu_shortfall(const plan *p, int32_t number)
{
    const block *b = lpu_block(p, number);
    const int32_t *landings = schedule_at(p, b->schedule)->landings;
    const edge *edges = lpu_edges(p, b);
    int32_t longest = 0;
    for (int32_t i = 0; i < b->edge_count; i++)
        longest = most(longest, owed(p, &edges[i], landings, leave(p, b, edges[i].taken)));
    return longest;
}
