/* Going through a nest: see strip_nest.h. */
#include "control.h"
#include "memory.h"
#include "strip.h"

typedef struct {
    strip_run *run;
    uint64_t left, elapsed; /* cycles that the rounds may take; those of one, so far */
    uint32_t to_go;         /* rounds of an inner hardware loop */
    bool again;             /* an inner loop goes round once more */
} nest_run;

/* Even places ---------------------------------------------------------------------------------------------------- */
static inline uint32_t even_base(const strip_op *op)
{
    return op->k + op->a[LANES_BASE] * op->b[LANES_BASE] + op->c[LANES_BASE];
}

static inline uint32_t even_step(const strip_op *op)
{
    return op->a[LANES_STEP] * op->b[LANES_BASE] + op->a[LANES_BASE] * op->b[LANES_STEP] + op->c[LANES_STEP];
}

static inline void set_even(uint32_t *lanes, uint32_t base, uint32_t step)
{
    lanes[LANES_BASE] = base;
    lanes[LANES_STEP] = step;
}

static void do_same(const strip_op *op)
{
    set_even(op->d, lpu_strip_value(op->value, op->a[LANES_BASE], op->b[LANES_BASE], op->c[LANES_BASE], op->k), 0);
}

/* Accesses ------------------------------------------------------------------------------------------------------- */
/* Where an access lies in each round; it is remembered which words those are. */
static void find_address(const strip_run *run, const strip_op *op)
{
    strip_value *at = &run->strip->addresses[op->value];
    nest_reach *reach = &run->strip->reaches[op->value];
    at->base = even_base(op), at->step = even_step(op);
    int64_t from = at->base, to = from + (int64_t)(int32_t)at->step * (run->rounds - 1);
    int64_t low = from < to ? from : to, high = from < to ? to : from;
    reach->low = reach->times && reach->low < low ? reach->low : low;
    reach->high = reach->times && reach->high > high ? reach->high : high;
    reach->times++;
}

static void load_same(strip_run *run, const strip_op *op)
{
    strip_access *access = op->access;
    uint32_t word = access->at->base, value;
    bool is_watched = access->is_watched && word < run->m->map.words && !lpu_strip_is_far(run->m, word, word);
    if (is_watched || !load_word(run->m, &run->m->map, word, &value)) {
        run->rounds = 0;
        return;
    }
    access->is_plain = true;
    access->bank = bank_of(&run->m->map, word);
    set_even(op->d, value, 0);
}

static void do_access(strip_run *run, const strip_op *op)
{
    find_address(run, op);
    if (op->kind == NEST_LOAD)
        run->rounds = lpu_strip_load(run->m, op->access, run->rounds);
    else if (op->kind == NEST_LOAD_SAME)
        load_same(run, op);
    else
        run->rounds = lpu_strip_in_range(run->m, op->access, run->rounds);
}

/* Whether all loads of some rounds are of words that no store of them has changed by then. */
static bool are_apart_from(const lpu_strip *strip, const strip_access *store, uint32_t rounds)
{
    const nest_reach *stored = &strip->reaches[store - strip->accesses];
    for (uint32_t i = 0; i < strip->access_count; i++) {
        const strip_access *load = &strip->accesses[i];
        const nest_reach *loaded = &strip->reaches[i];
        bool is_near = !load->is_store && stored->low <= loaded->high && loaded->low <= stored->high;
        if (is_near && (loaded->times > 1 || lpu_rounds_apart(store, load, rounds) < rounds))
            return false;
    }
    return true;
}

static void check_stores(strip_run *run)
{
    for (uint32_t i = 0; i < run->strip->store_count && run->rounds; i++)
        if (!are_apart_from(run->strip, run->strip->stores[i], run->rounds))
            run->rounds = 0;
}

/* Control -------------------------------------------------------------------------------------------------------- */
static bool holds(const strip_op *op)
{
    uint32_t conditions = op->k & NEGATED ? ~op->k : op->k;
    return conditions >> (op->a[LANES_BASE] & 15) & 1;
}

static bool fits(const strip_run *run, const strip_op *op)
{
    const lpu_node *node = run->strip->turns[op->value].node;
    return loop_fits(run->m, node->pc, node->taken_pc, op->a[LANES_BASE]);
}

/* Whether a control op does in all rounds what it is expected to. */
static bool goes_on(nest_run *nest, const strip_op *op)
{
    switch (op->kind) {
    case NEST_BRANCH: return holds(op);
    case NEST_AGAIN: nest->again = holds(op); return true;
    case NEST_LOOP: nest->to_go = op->a[LANES_BASE]; return as_signed(nest->to_go) > 0;
    case NEST_NO_LOOP: return as_signed(op->a[LANES_BASE]) <= 0;
    case NEST_ROUND: return (--nest->to_go != 0) == op->k;
    case NEST_ROUND_AGAIN: nest->again = --nest->to_go != 0; return true;
    default: return fits(nest->run, op);
    }
}

/* Going through -------------------------------------------------------------------------------------------------- */
static void do_op(nest_run *nest, const strip_op *op)
{
    strip_run *run = nest->run;
    switch (op->kind) {
    case NEST_EVEN: set_even(op->d, even_base(op), even_step(op)); break;
    case NEST_SAME: do_same(op); break;
    case NEST_SPREAD: lpu_strip_ramp(op->d, op->a[LANES_BASE], op->a[LANES_STEP], run->rounds); break;
    case NEST_LOAD: case NEST_LOAD_SAME: case NEST_STORE: do_access(run, op); break;
    case STRIP_BANKS: lpu_strip_banks(run->m, op, &run->rounds); break;
    case STRIP_EXIT: case STRIP_LAST_EXIT: case STRIP_ASSERT: case STRIP_DIVISOR:
    case STRIP_TEST_STORE: case STRIP_TEST_REGISTER: case STRIP_TEST_GUARD:
        run->rounds = lpu_strip_do(run, op);
        break;
    default: run->rounds = goes_on(nest, op) ? run->rounds : 0;
    }
}

/* The ops of a part, up to the one that ends them, as long as rounds are left. */
static void do_ops(nest_run *nest, const strip_op *op)
{
    while (op->kind != STRIP_KINDS && nest->run->rounds)
        if (op->kind <= STRIP_ADDRESS)
            op = lpu_strip_compute(op, nest->run->rounds);
        else
            do_op(nest, op++);
}

/* No more rounds than there is time for. */
static void limit(nest_run *nest)
{
    if (nest->elapsed * nest->run->rounds > nest->left)
        nest->run->rounds = (uint32_t)(nest->left / nest->elapsed);
}

static void do_part(nest_run *nest, strip_part *part)
{
    part->rounds = 0;
    do {
        nest->again = false;
        do_ops(nest, nest->run->strip->ops + part->first_op);
        part->rounds++;
        nest->elapsed += part->cost;
        limit(nest);
    } while (nest->again && nest->run->rounds);
}

static void begin_places(const lpu_strip *strip)
{
    for (uint32_t i = 0; i < strip->entry_count; i++)
        set_even(strip->entries[i].lanes, *strip->entries[i].from, strip->entries[i].step);
}

static void begin_nest(nest_run *nest)
{
    lpu_strip *strip = nest->run->strip;
    begin_places(strip);
    do_ops(nest, strip->ops + strip->opening);
    do_ops(nest, strip->ops + strip->ahead);
    begin_places(strip);
    for (uint32_t i = 0; i < strip->access_count; i++)
        strip->reaches[i].times = 0;
}

void lpu_run_nest(strip_run *run, uint64_t now, uint64_t until)
{
    lpu_strip *strip = run->strip;
    nest_run nest = {.run = run, .left = until - 1 - now};
    begin_nest(&nest);
    for (uint32_t i = 0; i < strip->part_count && run->rounds; i++)
        do_part(&nest, &strip->parts[i]);
    check_stores(run);
    if (run->rounds)
        lpu_time_strip(strip);
}
