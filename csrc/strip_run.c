/* Running strips: see strip.h. */
#include "control.h"
#include "memory.h"
#include "multiply.h"
#include "strip.h"

/* A strip that is cut off at once so many times in a row is left alone for so many rounds of the run loop. */
enum { FEW_ROUNDS = 3, MOST_MISSES = 16, ROUNDS_LEFT_ALONE = 1 << 12 };

typedef struct {
    lpu_machine *m;
    lpu_strip *strip;
    uint32_t rounds; /* that nothing speaks against so far */
    uint64_t leaving; /* how many rounds there are if the last branch leaves; 0: it does not */
} strip_run;

static uint64_t least(uint64_t a, uint64_t b) { return a < b ? a : b; }

/* Before -------------------------------------------------------------------------------------------------------- */
static bool jump_stays(const lpu_machine *m, const strip_turn *turn)
{
    const lpu_loop *top = &m->loops[m->loop_count - 1];
    return !turn->taken || !is_inside(top, turn->node->pc) || is_inside(top, turn->node->taken_pc);
}

/* Whether no jump of the loop leaves a hardware loop. */
static bool jumps_stay(const lpu_machine *m, const lpu_strip *strip)
{
    for (uint32_t i = 0; m->loop_count && i < strip->turn_count; i++)
        if (!jump_stays(m, &strip->turns[i]))
            return false;
    return true;
}

/* How many rounds of a hardware loop are left. */
static uint64_t rounds_to_go(const lpu_machine *m, const lpu_strip *strip)
{
    const lpu_loop *top = &m->loops[m->loop_count ? m->loop_count - 1 : 0];
    bool is_top = m->loop_count && top->end == strip->last->next_pc && top->start == strip->turns->node->pc;
    return is_top ? top->remaining : 0;
}

/* Every bundle of these rounds, and the one behind them, is fetched before `until`. */
static strip_run begin_run(lpu_machine *m, lpu_strip *strip, uint64_t now, uint64_t until)
{
    uint64_t most = now < until ? (until - 1 - now) / strip->cost : 0;
    strip_run run = {m, strip, (uint32_t)least(most, strip->lanes), 0};
    if (strip->end == KIND_LOOP_END) {
        run.leaving = rounds_to_go(m, strip);
        run.rounds = (uint32_t)least(run.rounds, run.leaving);
    } else if (!jumps_stay(m, strip))
        run.rounds = 0;
    return run;
}

/* Linear values: where they begin, then how they grow. */
static void begin_values(lpu_strip *strip)
{
    strip_value *all = strip->values;
    for (uint32_t i = 0; i < strip->leaf_count; i++)
        all[strip->leaves[i]].base = *all[strip->leaves[i]].place;
    for (uint32_t i = 0; i < strip->phi_count; i++)
        all[strip->phis[i]].base = *all[strip->phis[i]].place;
    for (uint32_t i = 0; i < strip->linear_count; i++) {
        strip_value *v = &all[strip->linear[i]];
        v->base = lpu_strip_value(v->kind, all[v->sources[0]].base, all[v->sources[1]].base, all[v->sources[2]].base, v->k);
    }
    for (uint32_t i = 0; i < strip->phi_count; i++) {
        strip_value *phi = &all[strip->phis[i]];
        phi->step = all[phi->last].base - phi->base;
    }
    for (uint32_t i = 0; i < strip->linear_count; i++)
        all[strip->linear[i]].step = lpu_strip_growth(all, &all[strip->linear[i]]);
    for (uint32_t i = 0; i < strip->initial_count; i++)
        *all[strip->initials[i]].lanes = *all[strip->initials[i]].place;
}

/* Ops ----------------------------------------------------------------------------------------------------------- */
static void make_ramp(const strip_value *value, uint32_t rounds)
{
    if (value->step)
        lpu_strip_ramp(value->lanes, value->base, value->step, rounds);
    else if (value->lanes[0] != value->base)
        lpu_strip_ramp(value->lanes, value->base, 0, STRIP_LANES);
}

/* The rounds before the first in which a branch leaves. */
static uint32_t rounds_inside(const strip_op *op, uint32_t rounds)
{
    uint32_t conditions = op->k & NEGATED ? ~op->k : op->k, round = 0;
    while (round < rounds && conditions >> (op->a[round] & 15) & 1)
        round++;
    return round;
}

static void leave_behind(strip_run *run, const strip_op *op)
{
    uint32_t inside = rounds_inside(op, run->rounds);
    if (inside == run->rounds)
        return;
    run->rounds = inside + 1;
    run->leaving = run->rounds;
}

static uint32_t rounds_equal(const strip_op *op, uint32_t rounds)
{
    uint32_t round = 0;
    while (round < rounds && op->a[round] == op->b[round])
        round++;
    return round;
}

static uint32_t rounds_divided(const strip_op *op, uint32_t rounds)
{
#define FAILS(NAME, name)                                                      \
    case LPU_SEM_##NAME:                                                       \
        while (round < rounds && !fails_##name(op->a[round], op->b[round]))    \
            round++;                                                           \
        break;
    uint32_t round = 0;
    switch (op->k) {
    LPU_FOR_EACH_DIVIDE(FAILS)
    default: break;
    }
    return round;
#undef FAILS
}

/* An op that computes no lanes of a step. */
static void do_op(strip_run *run, const strip_op *op)
{
    lpu_strip *strip = run->strip;
    switch (op->kind) {
    case STRIP_RAMP: make_ramp(&strip->values[op->value], run->rounds); return;
    case STRIP_LOAD: run->rounds = lpu_strip_load(run->m, strip, &strip->accesses[op->value], run->rounds); return;
    case STRIP_STORE: run->rounds = lpu_strip_in_range(run->m, strip, &strip->accesses[op->value], run->rounds); return;
    case STRIP_BANKS: run->rounds = lpu_strip_banks(run->m, strip, &strip->accesses[op->value], run->rounds); return;
    case STRIP_EXIT: run->rounds = rounds_inside(op, run->rounds); return;
    case STRIP_LAST_EXIT: leave_behind(run, op); return;
    case STRIP_ASSERT: run->rounds = rounds_equal(op, run->rounds); return;
    case STRIP_DIVISOR: run->rounds = rounds_divided(op, run->rounds); return;
    case STRIP_GROUP: lpu_strip_group(op + 1, op->count, run->rounds); return;
    default: lpu_strip_sum(op + 1, op->count, run->rounds);
    }
}

/* Ops up to an end, as long as rounds are left. */
static void do_ops(strip_run *run, const strip_op *op, const strip_op *end)
{
    while (op < end && run->rounds) {
        op = lpu_strip_compute(op, run->rounds);
        if (op == end)
            return;
        do_op(run, op);
        op += 1 + op->count;
    }
}

/* After --------------------------------------------------------------------------------------------------------- */
static uint32_t last_of(const lpu_strip *strip, uint16_t number, uint32_t round)
{
    const strip_value *value = &strip->values[number];
    if (value->is_linear)
        return value->base + round * value->step;
    return value->in_lanes ? value->lanes[round] : value->base;
}

static void end_values(lpu_strip *strip, uint32_t rounds)
{
    for (uint32_t i = 0; i < strip->lone_count; i++) {
        strip_value *v = &strip->values[strip->lones[i]];
        uint32_t a = last_of(strip, v->sources[0], rounds - 1), b = last_of(strip, v->sources[1], rounds - 1);
        v->base = lpu_strip_value(v->kind, a, b, last_of(strip, v->sources[2], rounds - 1), v->k);
    }
    for (uint32_t i = 0; i < strip->result_count; i++)
        *strip->results[i].place = last_of(strip, strip->results[i].value, rounds - 1);
}

static void note_jump(lpu_machine *m, const lpu_node *node, uint64_t now)
{
    m->jump_pc = node->pc;
    m->jump_slot = node->jump_slot;
    m->jump_cycle = (int64_t)now;
    m->jump_fetch = now + node->taken_cost;
}

/* The last jump, where `leaves` says that the last bundle did not jump in the last round. */
static void note_jumps(lpu_machine *m, const lpu_strip *strip, uint64_t now, uint32_t rounds, bool leaves)
{
    uint64_t last_round = now + (uint64_t)strip->cost * (rounds - 1);
    if (strip->ends_taken && !leaves)
        note_jump(m, strip->last, last_round + strip->last_offset);
    else if (strip->jump < strip->turn_count)
        note_jump(m, strip->turns[strip->jump].node, last_round + strip->jump_offset);
    else if (strip->ends_taken && rounds > 1)
        note_jump(m, strip->last, last_round - strip->cost + strip->last_offset);
}

/* The last bundle counts itself when it leaves. */
static void count_rounds(lpu_machine *m, const lpu_strip *strip, uint32_t rounds, bool leaves)
{
    for (uint32_t i = 0; i < strip->turn_count; i++)
        *strip->turns[i].node->issued += rounds;
    *strip->last->issued -= leaves;
    if (strip->end != KIND_LOOP_END)
        return;
    m->loops[m->loop_count - 1].remaining -= rounds;
    m->loop_count -= leaves;
}

static bool end_run(const strip_run *run, uint64_t now)
{
    lpu_machine *m = run->m;
    bool leaves = run->rounds == run->leaving;
    do_ops((strip_run *)run, run->strip->ops + run->strip->sum_first, run->strip->ops + run->strip->op_count);
    lpu_strip_store(m, run->strip, run->rounds);
    end_values(run->strip, run->rounds);
    count_rounds(m, run->strip, run->rounds, leaves);
    note_jumps(m, run->strip, now, run->rounds, leaves);
    return leaves;
}

/* A strip that does not pay ends for a time. */
static void judge(lpu_node *head, lpu_strip *strip, uint64_t rounds)
{
    if (rounds)
        strip->lanes = rounds * 2 > STRIP_LANES ? STRIP_LANES : (uint32_t)rounds * 2;
    strip->lanes = strip->lanes < STRIP_BLOCK ? STRIP_BLOCK : strip->lanes;
    strip->misses = rounds < FEW_ROUNDS ? strip->misses + 1 : 0;
    if (strip->misses < MOST_MISSES)
        return;
    head->steps->kind = strip->first_kind;
    strip->last->rounds = (uint32_t)ROUNDS_BEFORE_STRIP - ROUNDS_LEFT_ALONE;
}

lpu_strip_end lpu_run_strip(lpu_machine *m, lpu_node *head, uint64_t now, uint64_t until)
{
    lpu_strip *strip = head->strip;
    uint64_t done = 0;
    uint32_t tried;
    strip_run run;
    do {
        run = begin_run(m, strip, now, until);
        tried = run.rounds;
        if (!tried)
            return (lpu_strip_end){NULL, now};
        begin_values(strip);
        do_ops(&run, strip->ops, strip->ops + strip->sum_first);
        run.rounds = lpu_strip_apart(strip, run.rounds);
        if (!run.rounds)
            break;
        done += run.rounds;
        if (end_run(&run, now)) {
            judge(head, strip, done);
            return (lpu_strip_end){strip->last, now + (uint64_t)strip->cost * (run.rounds - 1) + strip->last_offset};
        }
        now += (uint64_t)strip->cost * run.rounds;
    } while (run.rounds == tried);
    judge(head, strip, done);
    return (lpu_strip_end){NULL, now};
}
