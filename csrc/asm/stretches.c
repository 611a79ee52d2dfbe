/* Stretches of bundles that issue one after the other, as asm.check.stretch finds them, and which are alike. */
#include <stdlib.h>
#include "state.h"

/* How a stretch ends: what comes next is entered in other ways, too; or it is left. */
enum { GOES_ON = -1, LEFT = -2 };

/* Bundles, the cycles for which what was issued before each may still have an effect (UNREACHED, or as front.h has
 * them), and whether stretches begin there; bundles on the stack wait to be gone on from. */
typedef struct {
    front *f;
    const front_told *told;
    const seen *bundles;
    int32_t count;
    int64_t *left;
    uint8_t *begins;
    grown stack;
} walk;

enum { UNREACHED = FRONT_NOTHING - 1 };

static int32_t object_of(const seen *here) { return here->beat < -1 ? -2 - here->beat : -1; }

/* For how many cycles something of a bundle may have an effect. */
static int64_t effect_of(const walk *w, int32_t number)
{
    int32_t object = object_of(w->bundles + number);
    return object < 0 ? FRONT_NOTHING : w->told->effects[object];
}

static bool arrive(walk *w, int32_t to, int64_t left)
{
    if (to < 0 || to >= w->count || left <= w->left[to])
        return true;
    w->left[to] = left;
    return push(&w->stack, to);
}

static int64_t passed(int64_t left, int32_t cycles)
{
    if (left <= 0 || left == FRONT_LASTING)
        return left;
    return left > cycles ? left - cycles : 0;
}

/* The cycles for which what was issued up to a bundle may have an effect from its issue on. */
static int64_t left_of(const walk *w, int32_t number)
{
    int64_t left = w->left[number], effect = effect_of(w, number);
    return effect > left ? effect : left;
}

static bool go_on(walk *w, int32_t number)
{
    const leaving *control = &w->bundles[number].control;
    int64_t left = left_of(w, number);
    if (control->how == FRONT_PASSES)
        return arrive(w, number + 1, passed(left, 1));
    return arrive(w, w->bundles[number].target, passed(left, control->taken)) &&
           (control->how >= FRONT_JUMPS || arrive(w, number + 1, passed(left, control->cycles)));
}

/* Go from the ends of loops back to their bodies, unless another op decides there. */
static bool go_back(walk *w)
{
    for (int32_t number = 0; number < w->count; number++) {
        int32_t end = w->bundles[number].target;
        if (w->bundles[number].control.how != FRONT_LOOPS || end <= number + 1 || end > w->count)
            continue;
        bool is_way = w->bundles[end - 1].control.how == FRONT_PASSES && w->left[end - 1] != UNREACHED;
        if (is_way && !arrive(w, number + 1, passed(left_of(w, end - 1), 1)))
            return false;
    }
    return true;
}

/* Find what is under way on entry to each bundle: where nobody knows, it lasts forever. */
static bool walk_all(walk *w)
{
    for (int32_t number = 0; number < w->count; number++)
        w->left[number] = UNREACHED;
    for (int32_t number = 0; number < w->count; number++) {
        bool is_known = !w->bundles[number].is_entered && (!number || w->bundles[number - 1].control.how != FRONT_CALLS);
        if ((!is_known || !number) && !arrive(w, number, is_known ? FRONT_NOTHING : FRONT_LASTING))
            return false;
    }
    while (w->stack.size)
        if (!go_on(w, pop(&w->stack)) || (!w->stack.size && !go_back(w)))
            return false;
    for (int32_t number = 0; number < w->count; number++) {
        w->begins[number] |= (uint8_t)(w->bundles[number].is_entered != 0);
        if (w->bundles[number].target >= 0 && w->bundles[number].target < w->count)
            w->begins[w->bundles[number].target] = true;
        if (w->left[number] == UNREACHED)
            w->left[number] = FRONT_LASTING;
    }
    return true;
}

/* Forms of stretches: numbers in the scratch ----------------------------------------------------------------------- */
static bool put(front *f, int64_t number)
{
    int64_t *at = grow(&f->scratch, sizeof *at);
    if (at)
        *at = number;
    return at;
}

/* Say that a stretch with some bundle is like no other. */
static bool put_odd(front *f, int64_t number) { return put(f, INT64_MIN + number); }

/* The bank of an access that no register chooses, as far as it is told. */
static bool put_access(const walk *w, const front_op *op)
{
    int32_t field = w->told->fixed[op->form];
    if (field >= 0)
        return put(w->f, op->name >= 0 ? w->told->banks[op->name] : op->values[field] / w->told->words_per_bank);
    bool is_put = put(w->f, -1 - op->form) && put(w->f, op->name);
    for (int32_t i = 0; i < FRONT_FIELDS && is_put; i++)
        is_put = put(w->f, op->values[i]);
    return is_put;
}

/* What the ops of a bundle have to do with bursts: those of objects are told, and none of columns is a burst. */
static bool put_bundle(const walk *w, const seen *here)
{
    int32_t object = object_of(here);
    const int32_t *kind = w->told->kinds + FRONT_TOLD * (size_t)here->kind;
    if (object >= 0 || !kind[1])
        return put(w->f, object >= 0 ? w->told->contents[object] : -1 - kind[0]);
    if (here->beat >= 0)
        return put_odd(w->f, here - w->bundles);
    int32_t first = ITEMS(w->f->plan.entries, int32_t)[3 * (size_t)here->entry + 1];
    bool is_put = put(w->f, kind[1]);
    for (int32_t i = first; i < first + kind[2] && is_put; i++) {
        const front_op *op = &ITEMS(w->f->ops, front_op)[i];
        if (w->told->fixed[op->form] != FRONT_FREE)
            is_put = put_access(w, op);
    }
    return is_put;
}

static bool has_bursts(const walk *w, int32_t number) { return effect_of(w, number) >= 0; }

static bool is_passed(const walk *w, int32_t number) { return w->bundles[number].control.how <= FRONT_PAUSES; }

/* Put the form of a stretch into the scratch; the end of its bundles, 0 when there is no memory. */
static int32_t put_stretch(const walk *w, int32_t first)
{
    int64_t cycle = 0;
    bool is_put = put(w->f, w->left[first]);
    for (int32_t number = first; number < w->count && is_put; number++) {
        const seen *here = w->bundles + number;
        if (w->begins[number] && number > first)
            return put(w->f, GOES_ON) && put(w->f, cycle) ? number : 0;
        if (has_bursts(w, number) || w->told->kinds[FRONT_TOLD * (size_t)here->kind])
            is_put = put(w->f, cycle) && put_bundle(w, here);
        if (!is_passed(w, number)) {
            is_put = is_put && (here->control.how == FRONT_STOPS ? put_odd(w->f, number) : put(w->f, LEFT));
            return is_put && put(w->f, cycle) ? number + 1 : 0;
        }
        cycle += here->control.how == FRONT_PASSES ? 1 : here->control.cycles;
    }
    return is_put && put_odd(w->f, first) ? w->count : 0;
}

static bool find(walk *w)
{
    int32_t done = 0;
    for (int32_t number = 0; number < w->count; number++) {
        if (number < done || !has_bursts(w, number))
            continue;
        int32_t first = number;
        while (first && !w->begins[first] && is_passed(w, first - 1))
            first--;
        w->f->scratch.size = 0;
        done = put_stretch(w, first);
        int64_t *made = done ? grow(&w->f->stretches, FRONT_STRETCH * sizeof *made) : NULL;
        if (!made)
            return false;
        made[0] = first, made[1] = w->left[first];
        made[2] = intern(&w->f->forms_of, w->f->scratch.items, w->f->scratch.size);
        if (made[2] < 0)
            return false;
    }
    return true;
}

int32_t front_find_stretches(front *f, const front_told *facts)
{
    const plan *p = &f->plan;
    walk w = {.f = f, .told = facts, .bundles = p->seen.items, .count = COUNT(p->seen, seen)};
    w.left = malloc(((size_t)w.count + 1) * sizeof *w.left), w.begins = calloc((size_t)w.count + 1, 1);
    f->stretches.size = 0;
    bool is_done = w.left && w.begins && walk_all(&w) && find(&w);
    free(w.left), free(w.begins), free(w.stack.items);
    return is_done ? COUNT(f->stretches, int64_t) / FRONT_STRETCH : FRONT_MEMORY;
}

const int64_t *front_stretches(const front *f) { return f->stretches.items; }
