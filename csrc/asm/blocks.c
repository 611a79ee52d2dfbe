/* Pieces to blocks, as asm.schedule.blocks cuts them. */
#include <stdlib.h>
#include "state.h"

enum { MOST_OPS = 1 << 15, MOST_ACCESSES = 256 };

void lpu_begin(plan *p)
{
    p->current = (block){.first_name = COUNT(p->names, int32_t), .kind = UNTOLD, .schedule = UNTOLD, .control = STAYS};
}

void lpu_plan_start(plan *p)
{
    lpu_begin(p);
    p->near = NOWHERE;
}

void lpu_plan_free(plan *p)
{
    grown *arrays[] = {&p->blocks, &p->bundles, &p->kinds,  &p->schedules, &p->packings, &p->beats,   &p->kind_of,
                       &p->marks,  &p->touched, &p->where,  &p->labels,    &p->entries,  &p->seen,    &p->objects,
                       &p->names,  &p->loose,   &p->before, &p->flights,   &p->changed,  &p->edges};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        free(arrays[i]->items);
    intern_free(&p->scheduled), intern_free(&p->packed), intern_free(&p->controls);
}

/* Names --------------------------------------------------------------------------------------------------------- */
int32_t front_intern(front *f, const char *name, int64_t bytes) { return intern(&f->names, name, (size_t)bytes); }

int32_t front_enter(front *f, int32_t name, int32_t how)
{
    if (name < 0 || !grow_to(&f->plan.marks, (size_t)name + 1, 0))
        return FRONT_MEMORY;
    ITEMS(f->plan.marks, uint8_t)[name] |= (uint8_t)how;
    return 0;
}

int lpu_marks_of(const plan *p, int32_t name)
{
    return name >= 0 && name < COUNT(p->marks, uint8_t) ? ITEMS(p->marks, uint8_t)[name] : 0;
}

int32_t lpu_where(const plan *p, int32_t name)
{
    return name >= 0 && name < COUNT(p->where, int32_t) ? ITEMS(p->where, int32_t)[name] : NOWHERE;
}

bool lpu_stand(plan *p, int32_t name, int32_t at)
{
    if (!grow_to(&p->where, ((size_t)name + 1) * sizeof(int32_t), 0xff))
        return false;
    ITEMS(p->where, int32_t)[name] = at;
    return true;
}

/* Blocks -------------------------------------------------------------------------------------------------------- */
static bool is_empty(const block *b) { return b->first == b->end; }

bool lpu_add_name(plan *p, int32_t name)
{
    int32_t *kept = grow(&p->names, sizeof *kept);
    if (kept)
        *kept = name, p->current.name_count++;
    return kept;
}

bool lpu_keep_block(plan *p)
{
    block *kept = grow(&p->blocks, sizeof *kept);
    if (!kept)
        return false;
    *kept = p->current;
    lpu_begin(p);
    return true;
}

static bool close_block(plan *p)
{
    if (is_empty(&p->current) && !p->current.name_count)
        return true;
    p->seam = p->current.control.how != FRONT_PASSES && !p->current.is_explicit;
    p->accesses = 0;
    return lpu_keep_block(p);
}

static bool close_seam(plan *p)
{
    bool is_closed = close_block(p) && (!p->seam || lpu_keep_block(p));
    p->seam = false;
    return is_closed;
}

int32_t front_cut_label(front *f, int32_t name)
{
    plan *p = &f->plan;
    if (name < 0 || !close_seam(p) || !lpu_add_name(p, name))
        return FRONT_MEMORY;
    return lpu_stand(p, name, COUNT(p->blocks, block)) ? 0 : FRONT_MEMORY;
}

/* A timeline begins a block, with the labels right before it. */
int32_t front_cut_timeline(front *f)
{
    const block *b = &f->plan.current;
    bool is_begun = b->name_count && (b->is_explicit || is_empty(b));
    return is_begun || close_seam(&f->plan) ? 0 : FRONT_MEMORY;
}

/* What an op decides, as the numbers of its form say. */
static leaving leaving_of(front *f, const front_op *op)
{
    const form *made = &ITEMS(f->forms, form)[op->form];
    int32_t cycles = made->count < 0 ? made->cycles : (int32_t)op->values[made->count];
    int32_t alike[] = {(int32_t)op->form, cycles};
    int32_t number = intern(&f->plan.controls, alike, sizeof alike);
    return (leaving){made->control, cycles, made->taken, made->target < 0 ? -1 : (int32_t)op->name, FRONT_UNKNOWN,
                     number};
}

leaving lpu_leaving(plan *p, const int32_t *leaves, int32_t of, int32_t number)
{
    int32_t alike[] = {of, number};
    int32_t found = leaves[0] == FRONT_PASSES ? -1 : intern(&p->controls, alike, sizeof alike);
    return (leaving){leaves[0], leaves[1], leaves[2], leaves[3], leaves[4], found};
}

/* A control op ends its block. */
static int32_t end_with(front *f, leaving control)
{
    if (control.target >= 0 && front_enter(f, control.target, FRONT_TARGET))
        return FRONT_MEMORY;
    f->plan.current.control = control;
    return close_block(&f->plan) ? 0 : FRONT_MEMORY;
}

/* Go on with an op of linear code, in a block that has room for it. */
static bool begin_linear(plan *p)
{
    bool is_long = p->current.end - p->current.first >= MOST_OPS || p->accesses >= MOST_ACCESSES;
    if (p->current.is_explicit || is_long) {
        bool continues = !p->current.is_explicit;
        if (!close_block(p))
            return false;
        p->current.continues = continues;
    }
    return true;
}

bool lpu_add_loose(plan *p, int32_t op)
{
    int32_t *kept = grow(&p->loose, sizeof *kept);
    if (kept)
        *kept = op, p->current.end++;
    return kept;
}

/* Let a block have ops that are objects. */
static bool loosen(plan *p)
{
    int32_t first = p->current.first, end = p->current.end;
    if (p->current.is_loose)
        return true;
    p->current.is_loose = true;
    p->current.first = p->current.end = COUNT(p->loose, int32_t);
    for (int32_t op = first; op < end; op++)
        if (!lpu_add_loose(p, op))
            return false;
    return true;
}

static int32_t cut_op(front *f, int32_t number)
{
    plan *p = &f->plan;
    const front_op *op = &ITEMS(f->ops, front_op)[number];
    if (!begin_linear(p))
        return FRONT_MEMORY;
    if (is_empty(&p->current))
        p->current.first = p->current.end = number;
    if (p->current.end != number && !loosen(p))
        return FRONT_MEMORY;
    if (!p->current.is_loose)
        p->current.end++;
    else if (!lpu_add_loose(p, number))
        return FRONT_MEMORY;
    const form *made = &ITEMS(f->forms, form)[op->form];
    p->accesses += made->is_access;
    return made->control == FRONT_PASSES ? 0 : end_with(f, leaving_of(f, op));
}

/* Labels right before a bundle belong to it; see asm.schedule.blocks. */
static bool begin_explicit(plan *p)
{
    if ((!is_empty(&p->current) || !p->current.name_count) && !close_seam(p))
        return false;
    p->current.is_explicit = true;
    p->current.first = p->current.end = COUNT(p->bundles, bundle);
    block *first = p->blocks.items;
    for (block *b = first + COUNT(p->blocks, block); b > first && is_empty(b - 1); b--)
        b[-1].is_explicit = b[-1].name_count || (b - 1 > first && b[-2].control.how == FRONT_LOOPS);
    return true;
}

static int32_t cut_bundle(front *f, bundle made)
{
    plan *p = &f->plan;
    if (!p->current.is_explicit && !begin_explicit(p))
        return FRONT_MEMORY;
    bundle *kept = grow(&p->bundles, sizeof *kept);
    if (!kept)
        return FRONT_MEMORY;
    *kept = made;
    p->current.end++;
    return made.control.how == FRONT_PASSES ? 0 : end_with(f, made.control);
}

int32_t lpu_add_object(plan *p)
{
    int32_t object = COUNT(p->objects, int32_t), *entry = grow(&p->objects, sizeof *entry);
    if (!entry)
        return -1;
    *entry = NOWHERE;
    return object;
}

int32_t front_cut_object(front *f, int32_t kind, const int32_t *leaves)
{
    int32_t object = lpu_add_object(&f->plan);
    leaving control = lpu_leaving(&f->plan, leaves, FRONT_OBJECT, object);
    return object < 0 ? FRONT_MEMORY : cut_bundle(f, (bundle){0, 0, -1, object, kind, false, control});
}

int32_t front_cut_op(front *f, bool is_access, const int32_t *leaves)
{
    plan *p = &f->plan;
    if (!begin_linear(p) || !loosen(p) || !lpu_add_loose(p, ~p->loose_count))
        return FRONT_MEMORY;
    leaving control = lpu_leaving(p, leaves, FRONT_LOOSE, p->loose_count++);
    p->accesses += is_access;
    return control.how == FRONT_PASSES ? 0 : end_with(f, control);
}

static int32_t cut_piece(front *f, const int32_t *piece)
{
    if (piece[0] == FRONT_AT_LABEL)
        return front_cut_label(f, piece[1]);
    if (piece[0] == FRONT_BUNDLE) {
        leaving control = piece[4] < 0 ? STAYS : leaving_of(f, &ITEMS(f->ops, front_op)[piece[4]]);
        return cut_bundle(f, (bundle){piece[1], piece[2], piece[3], -1, UNTOLD, false, control});
    }
    int32_t failed = 0;
    for (int32_t op = piece[1]; op < piece[2] && !failed; op++)
        failed = cut_op(f, op);
    return failed;
}

int32_t front_cut(front *f, int32_t first, int32_t end)
{
    int32_t failed = 0;
    for (int32_t piece = first; piece < end && !failed; piece++)
        failed = cut_piece(f, ITEMS(f->pieces, int32_t) + (size_t)piece * FRONT_PIECE);
    return failed;
}

int32_t front_cut_end(front *f) { return close_block(&f->plan) ? COUNT(f->plan.blocks, block) : FRONT_MEMORY; }
