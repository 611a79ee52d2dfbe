/* Blocks put in place of others: what loops become that are pipelined. */
#include <string.h>
#include "state.h"

/* What there is ------------------------------------------------------------------------------------------------- */
int32_t front_next_loop(const front *f, int32_t number)
{
    const plan *p = &f->plan;
    for (; number < COUNT(p->blocks, block); number++) {
        const block *b = lpu_block(p, number);
        bool is_back = b->control.how == FRONT_BRANCHES && lpu_where(p, b->control.target) == number;
        if (b->control.how == FRONT_LOOPS || (is_back && !b->is_explicit && !b->continues))
            return number;
    }
    return FRONT_DONE;
}

int32_t front_end_of_loop(const front *f, int32_t number) { return lpu_end_of_loop(&f->plan, number); }

uint64_t front_touched(const front *f)
{
    uint64_t touched = 0;
    for (int32_t number = 0; number < COUNT(f->plan.blocks, block); number++)
        touched |= lpu_touched(&f->plan, lpu_block(&f->plan, number));
    return touched;
}

bool front_has_calls(const front *f)
{
    for (int32_t number = 0; number < COUNT(f->plan.blocks, block); number++) {
        int32_t how = lpu_block(&f->plan, number)->control.how;
        if (how == FRONT_CALLS || how == FRONT_RETURNS)
            return true;
    }
    return false;
}

int32_t front_jumps_to(const front *f, int32_t name)
{
    int32_t count = 0;
    for (int32_t number = 0; number < COUNT(f->plan.blocks, block); number++)
        count += lpu_block(&f->plan, number)->control.target == name;
    return count;
}

/* Other blocks -------------------------------------------------------------------------------------------------- */
void front_replace(front *f)
{
    plan *p = &f->plan;
    grown free_one = p->before;
    p->before = p->blocks, p->blocks = free_one, p->blocks.size = 0;
}

int32_t front_keep(front *f, int32_t first, int32_t end)
{
    const block *from = ITEMS(f->plan.before, block) + first;
    block *kept = grow(&f->plan.blocks, (size_t)(end - first) * sizeof *kept);
    if (kept && end > first)
        memcpy(kept, from, (size_t)(end - first) * sizeof *kept);
    return kept || end == first ? 0 : FRONT_MEMORY;
}

void front_begin(front *f, bool is_explicit)
{
    plan *p = &f->plan;
    lpu_begin(p);
    p->current.is_explicit = is_explicit, p->current.is_loose = !is_explicit;
    p->current.first = p->current.end = is_explicit ? COUNT(p->bundles, bundle) : COUNT(p->loose, int32_t);
}

int32_t front_add_name(front *f, int32_t name)
{
    return lpu_add_name(&f->plan, name) && !front_enter(f, name, FRONT_TARGET) ? 0 : FRONT_MEMORY;
}

int32_t front_add_object(front *f, int32_t kind, const int32_t *leaves)
{
    plan *p = &f->plan;
    int32_t object = lpu_add_object(p);
    bundle *made = object < 0 ? NULL : grow(&p->bundles, sizeof *made);
    if (!made)
        return FRONT_MEMORY;
    *made = (bundle){0, 0, -1, object, kind, true, lpu_leaving(p, leaves, FRONT_OBJECT, object)};
    p->current.end++;
    return 0;
}

int32_t front_add_op(front *f) { return lpu_add_loose(&f->plan, ~f->plan.loose_count++) ? 0 : FRONT_MEMORY; }

int32_t front_end(front *f, const int32_t *leaves)
{
    plan *p = &f->plan;
    block *b = &p->current;
    b->control = lpu_leaving(p, leaves, FRONT_LOOSE, p->loose_count - 1);
    b->is_loose &= b->end > b->first;
    if (b->control.target >= 0 && front_enter(f, b->control.target, FRONT_TARGET))
        return FRONT_MEMORY;
    return lpu_keep_block(p) ? 0 : FRONT_MEMORY;
}

int32_t front_replaced(front *f)
{
    plan *p = &f->plan;
    for (int32_t number = 0; number < COUNT(p->blocks, block); number++) {
        const block *b = lpu_block(p, number);
        for (int32_t i = 0; i < b->name_count; i++)
            if (!lpu_stand(p, ITEMS(p->names, int32_t)[b->first_name + i], number))
                return FRONT_MEMORY;
    }
    return 0;
}
