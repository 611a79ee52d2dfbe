/* Blocks to bundles, as asm.quick.emit makes them: entries to be written, and what the static checks see. */
#include <string.h>
#include "state.h"

enum { OF_OBJECT = -2 }; /* an op near by that is the last of object OF_OBJECT - number */

/* Runs ---------------------------------------------------------------------------------------------------------- */
/* The labels that wait stand before the next bundle; a run begins with it when a jump enters there. */
static bool stand(plan *p, bool *is_entered)
{
    int how = 0;
    label *waiting = ITEMS(p->labels, label);
    for (; p->stood < COUNT(p->labels, label); p->stood++) {
        label *each = &waiting[p->stood];
        each->entry = COUNT(p->entries, int32_t) / 3, each->bundle = COUNT(p->seen, seen);
        how |= lpu_marks_of(p, each->name);
        if (!lpu_stand(p, each->name, each->bundle))
            return false;
    }
    if (how)
        p->cycle = 0, p->run++;
    *is_entered = how & FRONT_ENTERED;
    return true;
}

/* So many cycles on; a run ends with control that leaves. */
static void pass(plan *p, int32_t cycles, int32_t how)
{
    p->cycle += cycles;
    if (how >= FRONT_LOOPS)
        p->cycle = 0, p->run++;
}

static bool add_entry(plan *p, int32_t pattern, int32_t first, int32_t near)
{
    int32_t *entry = grow(&p->entries, 3 * sizeof *entry);
    if (entry)
        entry[0] = pattern, entry[1] = first, entry[2] = near;
    return entry;
}

/* Show the bundle that goes on with the entry made last. */
static bool show(plan *p, seen what, bool is_entered)
{
    seen *made = grow(&p->seen, sizeof *made);
    if (!made)
        return false;
    *made = what;
    made->target = NOWHERE, made->entry = COUNT(p->entries, int32_t) / 3 - 1, made->is_entered = is_entered;
    made->run = p->run, made->cycle += p->cycle;
    return true;
}

/* Blocks -------------------------------------------------------------------------------------------------------- */
/* The packing of a linear block; NULL when there is no memory. */
static packing *packing_of(plan *p, int32_t number)
{
    const block *b = lpu_block(p, number);
    int32_t own = b->is_loose ? number : NOWHERE;
    int32_t key[] = {b->schedule, lpu_shortfall(p, number), b->ends_body, b->control.cycles, own};
    int32_t found = intern(&p->packed, key, sizeof key);
    if (found < 0 || !grow_to(&p->packings, ((size_t)found + 1) * sizeof(packing), 0))
        return NULL;
    return ITEMS(p->packings, packing) + found;
}

/* Add the entry of a bundle of objects, which is told later. */
static bool add_object(plan *p, int32_t object)
{
    ITEMS(p->objects, int32_t)[object] = COUNT(p->entries, int32_t) / 3;
    p->near = OF_OBJECT - object;
    return add_entry(p, 0, 0, 0);
}

static int32_t emit_beats(plan *p, const block *b, const packing *made)
{
    bool is_entered;
    if (!stand(p, &is_entered) || (made->object < 0 && !add_entry(p, made->pattern, b->first, p->near)))
        return FRONT_MEMORY;
    for (int32_t i = 0; i < made->beat_count; i++) {
        const beat *each = ITEMS(p->beats, beat) + made->first_beat + i;
        seen what = {.kind = each->kind, .cycle = each->cycle, .beat = i, .is_linear = true, .control = each->control};
        if (each->control.how == FRONT_OWN)
            what.control = b->control;
        if (made->object >= 0 && !add_object(p, made->object + i))
            return FRONT_MEMORY;
        if (made->object >= 0)
            what.beat = OF_OBJECT - made->object - i;
        if (!show(p, what, !i && is_entered))
            return FRONT_MEMORY;
    }
    pass(p, made->length, b->control.how);
    return 0;
}

static int32_t emit_bundle(plan *p, const bundle *each)
{
    bool is_entered;
    int32_t pattern = ITEMS(p->kinds, bundle_kind)[each->kind].pattern, number = OF_OBJECT - each->object;
    seen what = {.kind = each->kind, .beat = number, .is_linear = each->is_linear, .control = each->control};
    if (!stand(p, &is_entered))
        return FRONT_MEMORY;
    p->near = each->end - 1;
    if (each->object < 0 ? !add_entry(p, pattern, each->first, each->first) : !add_object(p, each->object))
        return FRONT_MEMORY;
    if (!show(p, what, is_entered))
        return FRONT_MEMORY;
    pass(p, each->control.cycles, each->control.how);
    return 0;
}

/* Emit a block; 1 when its packing is not told. */
static int32_t emit_block(plan *p, int32_t number)
{
    const block *b = lpu_block(p, number);
    const packing *made = b->is_explicit ? NULL : packing_of(p, number);
    if (!b->is_explicit && !made)
        return FRONT_MEMORY;
    if (made && !made->is_told)
        return 1;
    for (int32_t i = 0; i < b->name_count; i++) {
        label *waiting = grow(&p->labels, sizeof *waiting);
        if (!waiting)
            return FRONT_MEMORY;
        *waiting = (label){ITEMS(p->names, int32_t)[b->first_name + i], 0, 0};
    }
    if (made) {
        p->near = b->end > b->first && !b->is_loose ? b->end - 1 : p->near;
        return made->beat_count ? emit_beats(p, b, made) : 0;
    }
    int32_t failed = 0;
    for (int32_t i = b->first; i < b->end && !failed; i++)
        failed = emit_bundle(p, ITEMS(p->bundles, bundle) + i);
    return failed;
}

int32_t front_ask_packing(front *f)
{
    plan *p = &f->plan;
    for (; p->at < COUNT(p->blocks, block); p->at++) {
        int32_t failed = emit_block(p, p->at);
        if (failed)
            return failed < 0 ? failed : p->at;
    }
    bool is_entered;
    if (!stand(p, &is_entered))
        return FRONT_MEMORY;
    for (int32_t i = 0; i < COUNT(p->seen, seen); i++) {
        seen *each = ITEMS(p->seen, seen) + i;
        each->target = lpu_where(p, each->control.target);
    }
    return FRONT_DONE;
}

int32_t front_tell_packing(front *f, int32_t number, const int32_t *numbers, int32_t beats)
{
    plan *p = &f->plan;
    packing *made = packing_of(p, number);
    if (!made)
        return FRONT_MEMORY;
    int32_t object = numbers[1] ? COUNT(p->objects, int32_t) : -1;
    *made = (packing){numbers[0], object, numbers[2], COUNT(p->beats, beat), beats, true};
    for (const int32_t *at = numbers + 3; beats > 0; beats--, at += FRONT_BEAT) {
        int32_t alike[] = {FRONT_ADDED, at[3]};
        int32_t control = at[2] == FRONT_PAUSES ? intern(&p->controls, alike, sizeof alike) : -1;
        beat *each = grow(&p->beats, sizeof *each);
        if (!each || (object >= 0 && lpu_add_object(p) < 0))
            return FRONT_MEMORY;
        *each = (beat){at[0], at[1], {at[2], at[3], 0, -1, FRONT_UNKNOWN, control}};
    }
    return 0;
}

int32_t front_shortfall(const front *f, int32_t number) { return lpu_shortfall(&f->plan, number); }

void front_tell_near(front *f, int32_t op) { f->plan.near = op; }
int32_t front_count_seen(const front *f) { return COUNT(f->plan.seen, seen); }
const int32_t *front_seen(const front *f) { return f->plan.seen.items; }

const int32_t *front_entries(const front *f) { return f->plan.entries.items; }

void front_control(const front *f, int32_t number, int32_t *alike)
{
    size_t size;
    memcpy(alike, interned_at(&f->plan.controls, number, &size), 2 * sizeof *alike);
}

/* What is written ----------------------------------------------------------------------------------------------- */
int32_t front_tell_object(front *f, int32_t object, int32_t pattern, int32_t first, int32_t last)
{
    int32_t *kept = ITEMS(f->plan.objects, int32_t) + object, *entry = ITEMS(f->plan.entries, int32_t) + 3 * (size_t)*kept;
    entry[0] = pattern, entry[1] = entry[2] = first;
    *kept = last;
    return 0;
}

int32_t front_write_program(front *f)
{
    plan *p = &f->plan;
    int32_t count = COUNT(p->entries, int32_t) / 3, *entry = p->entries.items;
    for (int32_t i = 0; i < count; i++)
        if (entry[3 * i + 2] <= OF_OBJECT)
            entry[3 * i + 2] = ITEMS(p->objects, int32_t)[OF_OBJECT - entry[3 * i + 2]];
    int32_t size = front_write(f, entry, count);
    for (int32_t i = 0; size >= 0 && i < COUNT(p->labels, label); i++) {
        const label *each = ITEMS(p->labels, label) + i;
        int64_t address = each->entry < count ? front_column(f, FRONT_ENTRIES)[each->entry] : size;
        int64_t *name = grow(&f->columns[FRONT_NAMED], sizeof *name), *at = grow(&f->columns[FRONT_PLACES], sizeof *at);
        if (!name || !at)
            return FRONT_MEMORY;
        *name = each->name, *at = address;
        front_symbol(f, each->name, FRONT_LABEL, address);
    }
    return size;
}
