/* Stretches of bundles that issue one after the other, as asm.check.stretch finds them, and which are alike. */
#include <stdlib.h>
#include "state.h"

/* How a stretch ends: what comes next is entered in other ways, too; or it is left. */
enum { GOES_ON = -1, LEFT = -2 };

/* Bundles, the cycles for which what was issued before each may still have an effect (UNREACHED, or as front.h has
 * them), and whether stretches begin there; bundles on the stack wait to be gone on from. Of the stretch that is put
 * into a form: where that has banks, which of them bursts come near (first, count), and whether all are kept. */
typedef struct {
    front *f;
    const front_told *told;
    const seen *bundles;
    int32_t count;
    int64_t *left;
    uint8_t *begins;
    grown stack, banks, near;
    bool is_exact;
} walk;

enum { UNREACHED = FRONT_NOTHING - 1, MOST_BANKS = 200, FAR = -2 };

static int32_t object_of(const seen *here) { return here->beat < -1 ? -2 - here->beat : -1; }

static const int32_t *kind_of(const walk *w, const seen *here) { return w->told->kinds + FRONT_TOLD * (size_t)here->kind; }

static bool is_burst(const walk *w, const front_op *op) { return ITEMS(w->f->forms, form)[op->form].is_burst; }

static const int64_t *told_of(const walk *w, const front_op *op)
{
    return w->told->bursts + FRONT_BURST_TOLD * op->values[FRONT_BURST];
}

/* For how many cycles something of a bundle may have an effect. */
static int64_t effect_of(const walk *w, int32_t number)
{
    const seen *here = w->bundles + number;
    const int32_t *kind = kind_of(w, here);
    int32_t object = object_of(here);
    if (object >= 0 || !kind[3])
        return object >= 0 ? w->told->effects[object] : FRONT_NOTHING;
    int64_t longest = FRONT_NOTHING;
    for (const front_op *op = lpu_first_of(w->f, here), *end = op + kind[2]; op < end; op++)
        if (is_burst(w, op) && told_of(w, op)[FRONT_EFFECT] > longest)
            longest = told_of(w, op)[FRONT_EFFECT];
    return longest;
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

static int64_t floor_of(int64_t number, int64_t divisor) { return (number - (number < 0 ? divisor - 1 : 0)) / divisor; }

/* What a burst is, its unit, and the bank of its rows where they are all in one, else its row. */
static bool put_burst(walk *w, const front_op *op)
{
    const int64_t *reach = told_of(w, op);
    int64_t row = op->values[FRONT_ROW], rows = w->told->rows_per_bank;
    int64_t first = floor_of(row - reach[FRONT_BEFORE], rows), last = floor_of(row + reach[FRONT_AFTER], rows);
    int64_t *near = grow(&w->near, 2 * sizeof *near);
    if (!near)
        return false;
    near[0] = reach[FRONT_NEAR], near[1] = reach[FRONT_NEARS];
    if (!put(w->f, op->values[FRONT_BURST]) || !put(w->f, op->values[FRONT_UNIT]))
        return false;
    return put(w->f, first == last) && put(w->f, first == last ? first : row);
}

/* The bank of an access that no register chooses, -1 where that is not told. */
static bool put_bank(walk *w, const front_op *op, int32_t field)
{
    int32_t *at = grow(&w->banks, sizeof *at);
    if (!at)
        return false;
    *at = COUNT(w->f->scratch, int64_t);
    return put(w->f, op->name >= 0 ? w->told->banks[op->name] : op->values[field] / w->told->words_per_bank);
}

static bool put_whole(const walk *w, const front_op *op)
{
    bool is_put = put(w->f, op->form) && put(w->f, op->name);
    for (int32_t i = 0; i < FRONT_FIELDS && is_put; i++)
        is_put = put(w->f, op->values[i]);
    return is_put;
}

/* What an op of the columns has to do with bursts, after what kind it is in that. */
static bool put_op(walk *w, const front_op *op)
{
    int32_t field = w->told->fixed[op->form];
    if (is_burst(w, op))
        return put(w->f, 'B') && put_burst(w, op);
    if (field >= 0)
        return put(w->f, 'A') && put_bank(w, op, field);
    return field == FRONT_WHOLE ? put(w->f, 'W') && put_whole(w, op) : put(w->f, 'F');
}

static bool is_near(const walk *w, int64_t bank)
{
    const int64_t *near = w->near.items, *end = near + COUNT(w->near, int64_t);
    for (; near < end; near += 2)
        if (bank >= near[0] && bank < near[0] + near[1])
            return true;
    return false;
}

/* Of banks that no burst comes near only whether they are the same counts: they are numbered as they come. */
static void rename_banks(walk *w)
{
    int64_t *numbers = w->f->scratch.items, far[MOST_BANKS];
    const int32_t *at = w->banks.items, *end = at + COUNT(w->banks, int32_t);
    int32_t count = 0, i;
    for (; at < end && end - at <= MOST_BANKS; at++) {
        if (numbers[*at] < 0 || is_near(w, numbers[*at]))
            continue;
        for (i = 0; i < count && far[i] != numbers[*at];)
            i++;
        far[i] = numbers[*at], numbers[*at] = FAR - i;
        count += i == count;
    }
}

/* What the ops of a bundle have to do with bursts. Of objects that is told; accesses that registers place are counted. */
static bool put_bundle(walk *w, const seen *here)
{
    int32_t object = object_of(here);
    const int32_t *kind = kind_of(w, here);
    w->is_exact |= object >= 0;
    if (object >= 0)
        return put(w->f, FRONT_OBJECT) && put(w->f, w->told->contents[object]);
    if (here->beat >= 0 && kind[1])
        return put_odd(w->f, here - w->bundles);
    int32_t shown = kind[1] || kind[3] ? kind[2] : 0;
    bool is_put = put(w->f, kind[0]) && put(w->f, shown);
    for (int32_t i = 0; i < shown && is_put; i++)
        is_put = put_op(w, lpu_first_of(w->f, here) + i);
    return is_put;
}

static bool has_bursts(const walk *w, int32_t number) { return effect_of(w, number) >= 0; }

static bool is_passed(const walk *w, int32_t number) { return w->bundles[number].control.how <= FRONT_PAUSES; }

/* Put the form of a stretch into the scratch; the end of its bundles, 0 when there is no memory. */
static int32_t put_stretch(walk *w, int32_t first)
{
    int64_t cycle = 0;
    bool is_put = put(w->f, w->left[first]);
    for (int32_t number = first; number < w->count && is_put; number++) {
        const seen *here = w->bundles + number;
        if (w->begins[number] && number > first)
            return put(w->f, GOES_ON) && put(w->f, cycle) ? number : 0;
        if (has_bursts(w, number) || kind_of(w, here)[0])
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
        w->f->scratch.size = w->banks.size = w->near.size = 0, w->is_exact = false;
        done = put_stretch(w, first);
        if (!w->is_exact)
            rename_banks(w);
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
    free(w.left), free(w.begins), free(w.stack.items), free(w.banks.items), free(w.near.items);
    return is_done ? COUNT(f->stretches, int64_t) / FRONT_STRETCH : FRONT_MEMORY;
}

const int64_t *front_stretches(const front *f) { return f->stretches.items; }
