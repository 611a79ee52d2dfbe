/* Runs of bundles in which bursts have to be given units, as asm.schedule.reserve does it, and which are alike. */
#include "state.h"

/* Bundles of a run, and a look at one op after the other. */
typedef struct {
    front *f;
    const int32_t *kinds;
    int32_t at, end, left;
    front_op *op;
} walk;

static const seen *bundle_at(const walk *w, int32_t number) { return ITEMS(w->f->plan.seen, seen) + number; }
static bool has_bursts(const walk *w, int32_t number) { return w->kinds[FRONT_TOLD * bundle_at(w, number)->kind + 3]; }

/* The next op in the columns that is in a bundle with bursts; NULL at the end. `at` is then after its bundle. */
static front_op *next_op(walk *w)
{
    while (!w->left) {
        if (w->at == w->end)
            return NULL;
        const seen *here = bundle_at(w, w->at);
        bool is_told = has_bursts(w, w->at++) && here->beat == -1;
        if (is_told)
            w->op = lpu_first_of(w->f, here), w->left = w->kinds[FRONT_TOLD * here->kind + 2];
    }
    w->left--;
    return w->op++;
}

static bool has_unit(const front *f, const front_op *op)
{
    const form *made = &ITEMS(f->forms, form)[op->form];
    return made->is_burst && made->unit >= 0;
}

static bool is_free(const front *f, const front_op *op)
{
    return has_unit(f, op) && ITEMS(f->written, uint64_t)[FRONT_WRITTEN * op->values[FRONT_BURST] + 2];
}

/* Put what decides the units of a run into the scratch; 1 when some are to be chosen, less without memory. */
static int32_t put_run(walk *w)
{
    int32_t is_asked = 0;
    w->f->scratch.size = 0;
    for (const front_op *op; (op = next_op(w));) {
        int64_t *numbers = has_unit(w->f, op) ? grow(&w->f->scratch, 2 * sizeof *numbers) : NULL;
        if (!numbers && has_unit(w->f, op))
            return FRONT_MEMORY;
        if (numbers)
            numbers[0] = bundle_at(w, w->at - 1)->cycle, numbers[1] = op->values[FRONT_BURST];
        is_asked |= is_free(w->f, op);
    }
    return is_asked;
}

/* A run with bursts of objects is like no other. */
static bool put_objects(walk *w, int32_t first)
{
    while (first < w->end && !(has_bursts(w, first) && bundle_at(w, first)->beat < -1))
        first++;
    int64_t *odd = first < w->end ? grow(&w->f->scratch, sizeof *odd) : NULL;
    if (odd)
        *odd = -1 - (int64_t)first;
    return odd || first == w->end;
}

static bool add_run(front *f, int32_t first, int32_t end)
{
    int32_t *run = grow(&f->runs, FRONT_RUN * sizeof *run);
    if (run)
        run[0] = first, run[1] = end, run[2] = intern(&f->runs_of, f->scratch.items, f->scratch.size);
    return run && run[2] >= 0;
}

int32_t front_find_runs(front *f, const int32_t *kinds)
{
    const seen *bundles = f->plan.seen.items;
    int32_t count = COUNT(f->plan.seen, seen);
    f->runs.size = 0;
    for (int32_t first = 0, end; first < count; first = end) {
        for (end = first + 1; end < count && bundles[end].run == bundles[first].run;)
            end++;
        walk w = {f, kinds, first, end, 0, NULL};
        int32_t found = put_run(&w);
        if (found < 0 || (found && (!put_objects(&w, first) || !add_run(f, first, end))))
            return FRONT_MEMORY;
    }
    return COUNT(f->runs, int32_t) / FRONT_RUN;
}

const int32_t *front_runs(const front *f) { return f->runs.items; }

void front_tell_units(front *f, const int32_t *kinds, const int32_t *starts, const int32_t *units)
{
    const int32_t *run = f->runs.items, *end = run + COUNT(f->runs, int32_t);
    for (; run < end; run += FRONT_RUN) {
        walk w = {f, kinds, run[0], run[1], 0, NULL};
        const int32_t *unit = units + starts[run[2]];
        for (front_op *op; (op = next_op(&w));)
            if (is_free(f, op))
                op->values[FRONT_UNIT] = *unit++;
    }
}
