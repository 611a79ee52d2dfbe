/* The ways between blocks, and what they settle, as asm.schedule.paths draws them. */
#include "state.h"

enum { WIDEST_LOOP = 64 };
static const uint64_t EVERYTHING = (UINT64_C(1) << FRONT_REGISTERS) - 1, TOLD = UINT64_C(1) << 63;

/* Kinds --------------------------------------------------------------------------------------------------------- */
int32_t front_ask_kind(front *f)
{
    plan *p = &f->plan;
    for (; p->at < COUNT(p->blocks, block); p->at++) {
        block *b = lpu_block(p, p->at);
        if (b->is_explicit || b->first == b->end || b->touched)
            continue;
        b->kind = b->is_loose ? UNTOLD : front_likeness(f, b->first, b->end);
        if (b->kind < 0 && !b->is_loose)
            return b->kind;
        bool is_told = b->kind >= 0 && b->kind < COUNT(p->touched, uint64_t);
        b->touched = is_told ? ITEMS(p->touched, uint64_t)[b->kind] : 0;
        if (!b->touched)
            return p->at;
    }
    p->at = 0;
    return FRONT_DONE;
}

void front_block(const front *f, int32_t number, int32_t *numbers)
{
    const block *b = lpu_block(&f->plan, number);
    numbers[0] = b->first, numbers[1] = b->end, numbers[2] = b->kind, numbers[3] = b->is_loose;
    numbers[4] = b->is_explicit, numbers[5] = b->continues, numbers[6] = b->ends_body;
    numbers[7] = b->first_name, numbers[8] = b->name_count;
}

const int32_t *front_names_of(const front *f, int32_t first) { return ITEMS(f->plan.names, int32_t) + first; }
const int32_t *front_loose(const front *f, int32_t first) { return ITEMS(f->plan.loose, int32_t) + first; }
int32_t front_count_blocks(const front *f) { return COUNT(f->plan.blocks, block); }
int32_t front_count_marks(const front *f) { return COUNT(f->plan.marks, uint8_t); }
const uint8_t *front_marks(const front *f) { return f->plan.marks.items; }

void front_tell_loose(front *f, int32_t number, int32_t kind, uint64_t touched)
{
    block *b = lpu_block(&f->plan, number);
    b->kind = kind, b->touched = touched | TOLD;
}

void front_bundle(const front *f, int32_t number, int32_t *numbers)
{
    const bundle *b = ITEMS(f->plan.bundles, bundle) + number;
    numbers[0] = b->first, numbers[1] = b->end, numbers[2] = b->likeness;
}

int32_t front_tell_kind(front *f, int32_t kind, uint64_t touched)
{
    if (kind < 0 || !grow_to(&f->plan.touched, ((size_t)kind + 1) * sizeof touched, 0))
        return FRONT_MEMORY;
    ITEMS(f->plan.touched, uint64_t)[kind] = touched | TOLD;
    return 0;
}

int32_t front_bundle_kind(front *f, const int64_t *numbers, int32_t pattern)
{
    bundle_kind *made = grow(&f->plan.kinds, sizeof *made);
    if (!made)
        return FRONT_MEMORY;
    *made = (bundle_kind){(uint64_t)numbers[0], 0, (uint64_t)numbers[1], {0}, pattern};
    for (int32_t i = 0; i < FRONT_REGISTERS; i++) {
        made->latencies[i] = (int32_t)numbers[2 + i];
        made->written |= (uint64_t)(numbers[2 + i] > 0) << i;
    }
    return COUNT(f->plan.kinds, bundle_kind) - 1;
}

int32_t front_ask_bundle(front *f)
{
    plan *p = &f->plan;
    for (; p->at < COUNT(p->bundles, bundle); p->at++) {
        bundle *each = ITEMS(p->bundles, bundle) + p->at;
        if (each->likeness >= 0 && each->likeness < COUNT(p->kind_of, int32_t))
            each->kind = ITEMS(p->kind_of, int32_t)[each->likeness];
        if (each->kind == UNTOLD)
            return p->at;
    }
    p->at = 0;
    return FRONT_DONE;
}

int32_t front_tell_bundle(front *f, int32_t likeness, int32_t kind)
{
    if (likeness < 0 || !grow_to(&f->plan.kind_of, ((size_t)likeness + 1) * sizeof kind, 0xff))
        return FRONT_MEMORY;
    ITEMS(f->plan.kind_of, int32_t)[likeness] = kind;
    return 0;
}

/* Ways ---------------------------------------------------------------------------------------------------------- */
static bool lead(plan *p, int32_t from, int32_t to, bool taken)
{
    edge *made = grow(&p->edges, sizeof *made);
    if (made)
        *made = (edge){to, taken, 0}, lpu_block(p, from)->edge_count++;
    return made;
}

static bool jumps(const leaving *control)
{
    if (control->how == FRONT_LOOPS)
        return control->rounds == FRONT_NEVER || control->rounds == FRONT_UNKNOWN;
    return control->how >= FRONT_BRANCHES && control->how != FRONT_STOPS;
}

static bool falls(const leaving *control)
{
    return control->how == FRONT_LOOPS ? control->rounds != FRONT_NEVER : control->how < FRONT_LOOPS;
}

int32_t lpu_end_of_loop(const plan *p, int32_t number)
{
    const block *b = lpu_block(p, number);
    int32_t end = b->control.how == FRONT_LOOPS ? lpu_where(p, b->control.target) : NOWHERE;
    return end > number + 1 ? end : NOWHERE;
}

/* The last block of the body of a linear loop is linear if it is empty, so that a bundle can be added. */
static void make_room(plan *p)
{
    for (int32_t number = 0; number < COUNT(p->blocks, block); number++) {
        int32_t end = lpu_end_of_loop(p, number);
        if (end == NOWHERE)
            continue;
        block *last = lpu_block(p, end - 1);
        bool is_linear = !lpu_block(p, number)->is_explicit, is_empty = last->first == last->end;
        last->is_explicit &= !(is_linear && is_empty);
    }
}

static bool is_return(const block *b) { return b->is_explicit && b->control.how == FRONT_RETURNS; }

/* The last loops whose bodies blocks end, and the ones before those of the same end, by block; NOWHERE for none. What
 * returns goes nowhere else. */
typedef struct {
    int32_t *last, *other;
} bodies;

static void find_bodies(plan *p, bodies found)
{
    for (int32_t number = 0; number < COUNT(p->blocks, block); number++)
        found.last[number] = found.other[number] = NOWHERE;
    for (int32_t number = 0; number < COUNT(p->blocks, block); number++) {
        int32_t end = lpu_end_of_loop(p, number);
        if (end == NOWHERE)
            continue;
        block *last = lpu_block(p, end - 1);
        last->ends_body |= (!last->is_explicit && last->end > last->first) || !lpu_block(p, number)->is_explicit;
        found.other[number] = found.last[end - 1], found.last[end - 1] = number;
    }
}

/* Draw the ways out of a block, of `count`, with those back to the loops whose bodies it ends. */
static bool draw(plan *p, int32_t number, int32_t count, bodies found)
{
    block *b = lpu_block(p, number);
    b->first_edge = COUNT(p->edges, edge), b->edge_count = 0;
    if (is_return(b))
        return lead(p, number, count, true);
    int32_t to = b->control.how == FRONT_RETURNS ? NOWHERE : lpu_where(p, b->control.target);
    bool is_drawn = (!jumps(&b->control) || lead(p, number, to, true)) &&
                    (!falls(&b->control) || number + 1 == count || lead(p, number, number + 1, false));
    for (int32_t loop = found.last[number]; loop != NOWHERE && is_drawn; loop = found.other[loop])
        is_drawn = lead(p, number, loop + 1, false);
    return is_drawn;
}

static bool is_entered(const plan *p, const block *b)
{
    int how = 0;
    for (int32_t i = 0; i < b->name_count; i++)
        how |= lpu_marks_of(p, ITEMS(p->names, int32_t)[b->first_name + i]);
    return how & FRONT_ENTERED;
}

/* Bundles that return may leave results in flight: one more block, empty and last, leads to all places that they may
 * return to. */
static bool draw_returns(plan *p, int32_t count)
{
    bool any = false;
    for (int32_t number = 0; number < count; number++)
        any |= is_return(lpu_block(p, number));
    if (!any)
        return true;
    lpu_begin(p);
    p->current.is_explicit = true, p->current.first_edge = COUNT(p->edges, edge);
    bool is_drawn = lpu_keep_block(p);
    for (int32_t number = 0; number < count && is_drawn; number++) {
        bool is_place = is_entered(p, lpu_block(p, number));
        is_place |= number && lpu_block(p, number - 1)->control.how == FRONT_CALLS;
        is_drawn = !is_place || lead(p, count, number, false);
    }
    return is_drawn;
}

/* The registers that a block reads or writes. */
uint64_t lpu_touched(const plan *p, const block *b)
{
    uint64_t touched = b->touched & ~TOLD;
    for (int32_t i = b->first; b->is_explicit && i < b->end; i++)
        touched |= ITEMS(p->kinds, bundle_kind)[ITEMS(p->bundles, bundle)[i].kind].touched;
    return touched;
}

/* The last block that jumps back to each, NOWHERE for none; NULL when there is no memory. */
static int32_t *latches(plan *p, grown *made)
{
    int32_t count = COUNT(p->blocks, block);
    if (!grow_to(made, (size_t)count * sizeof(int32_t) + 1, 0xff))
        return NULL;
    int32_t *latch = made->items;
    for (int32_t number = 0; number < count; number++) {
        const block *b = lpu_block(p, number);
        const edge *edges = lpu_edges(p, b);
        for (int32_t i = 0; i < b->edge_count; i++)
            if (edges[i].to >= 0 && edges[i].to <= number)
                latch[edges[i].to] = number;
    }
    return latch;
}

static uint64_t touched_in_loop(const plan *p, int32_t start, int32_t last)
{
    if (last == NOWHERE)
        return 0;
    uint64_t touched = last - start < WIDEST_LOOP ? 0 : EVERYTHING;
    for (int32_t number = start; number <= last && touched != EVERYTHING; number++)
        touched |= lpu_touched(p, lpu_block(p, number));
    return touched;
}

/* What a linear block settles on one of its edges. */
static uint64_t debt(const plan *p, const int32_t *latch, int32_t number, const edge *e)
{
    const block *b = lpu_block(p, number);
    if (e->to == NOWHERE || (e->taken && b->control.how == FRONT_CALLS))
        return EVERYTHING;
    const block *to = lpu_block(p, e->to);
    if (to->is_explicit || is_entered(p, to))
        return EVERYTHING;
    return e->to > number ? touched_in_loop(p, e->to, latch[e->to]) : 0;
}

/* Draw all ways, and count the blocks; a negative number when there is no memory. */
static int32_t draw_all(plan *p, grown *room)
{
    int32_t count = COUNT(p->blocks, block);
    if (!grow_to(room, 2 * (size_t)count * sizeof(int32_t) + 1, 0))
        return FRONT_MEMORY;
    int32_t *numbers = room->items;
    bodies found = {numbers, numbers + count};
    make_room(p);
    find_bodies(p, found);
    for (int32_t number = 0; number < count; number++)
        if (!draw(p, number, count, found))
            return FRONT_MEMORY;
    return draw_returns(p, count) ? COUNT(p->blocks, block) : FRONT_MEMORY;
}

int32_t front_connect(front *f)
{
    plan *p = &f->plan;
    f->scratch.size = 0;
    int32_t count = draw_all(p, &f->scratch);
    if (count < 0)
        return count;
    f->scratch.size = 0;
    const int32_t *latch = latches(p, &f->scratch);
    if (!latch || !grow_to(&p->changed, (size_t)count, 1) || !grow_to(&p->flights, (size_t)count * sizeof(in_flight), 0))
        return FRONT_MEMORY;
    for (int32_t number = 0; number < count; number++) {
        const block *b = lpu_block(p, number);
        edge *edges = lpu_edges(p, b);
        for (int32_t i = 0; i < b->edge_count && !b->is_explicit; i++)
            edges[i].settles = debt(p, latch, number, &edges[i]);
    }
    return 0;
}
