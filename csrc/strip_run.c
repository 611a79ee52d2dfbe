/* Running strips: see strip.h. */
#include "control.h"
#include "memory.h"
#include "multiply.h"
#include "strip.h"

/* A strip that is cut off at once so many times in a row is left alone for so many rounds of the run loop, for twice as
 * many each time. */
enum { FEW_ROUNDS = 3, MOST_MISSES = 16, ROUNDS_LEFT_ALONE = 1 << 12, MOST_FAILURES = 12 };

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
    bool was_judged = strip->has_guards && now == m->cycle; /* when the run stopped here */
    strip_run run = {m, strip, was_judged ? 0 : (uint32_t)least(most, strip->lanes), 0};
    if (strip->end == KIND_LOOP_END) {
        run.leaving = rounds_to_go(m, strip);
        run.rounds = (uint32_t)least(run.rounds, run.leaving);
    } else if (!jumps_stay(m, strip))
        run.rounds = 0;
    return run;
}

/* All sources are known. What no round changes, and no product is, does not grow. */
void lpu_find_growth(const strip_value *all, strip_value *value)
{
    const strip_value *a = &all[value->sources[0]], *b = &all[value->sources[1]], *c = &all[value->sources[2]];
    if (value->kind == STRIP_PHI)
        value->step = all[value->last].base - value->base;
    else if (value->kind == STRIP_ADDRESS)
        value->step = a->step * b->base + a->base * b->step + c->step;
}

void lpu_begin_strip(lpu_strip *strip)
{
    for (const strip_copy *copy = strip->copies, *end = copy + strip->copy_count; copy < end; copy++)
        *copy->to = *copy->from;
    for (const strip_line *line = strip->lines, *end = line + strip->line_count; line < end; line++)
        *line->base = line->kind == STRIP_ADDRESS ? line->k + *line->a * *line->b + *line->c
                                                  : lpu_strip_value(line->kind, *line->a, *line->b, *line->c, line->k);
    for (uint32_t i = 0; i < strip->growing_count; i++)
        if (strip->growing[i]->kind == STRIP_PHI)
            lpu_find_growth(strip->values, strip->growing[i]);
    for (uint32_t i = 0; i < strip->growing_count; i++)
        lpu_find_growth(strip->values, strip->growing[i]);
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

uint32_t lpu_strip_do(strip_run *run, const strip_op *op)
{
    switch (op->kind) {
    case STRIP_RAMP: make_ramp(&run->strip->values[op->value], run->rounds); break;
    case STRIP_STORE: return lpu_strip_in_range(run->m, op->access, run->rounds);
    case STRIP_EXIT: return rounds_inside(op, run->rounds);
    case STRIP_LAST_EXIT: leave_behind(run, op); break;
    case STRIP_ASSERT: return rounds_equal(op, run->rounds);
    case STRIP_DIVISOR: return rounds_divided(op, run->rounds);
    case STRIP_TEST_STORE: case STRIP_TEST_REGISTER: case STRIP_TEST_GUARD:
        return lpu_strip_test(run->m, op, run->rounds);
    case STRIP_GROUP: lpu_strip_group(op + 1, op->count, run->rounds); break;
    default: lpu_strip_sum(op + 1, op->count, run->rounds);
    }
    return run->rounds;
}

/* Ops up to an end, as long as rounds are left. */
static void do_ops(strip_run *run, const strip_op *op, const strip_op *end)
{
    while (op < end && run->rounds) {
        if (op->kind <= STRIP_ADDRESS)
            op = lpu_strip_compute(op, run->rounds);
        else if (op->kind == STRIP_LOAD)
            op = lpu_strip_loads(run->m, op, &run->rounds);
        else if (op->kind == STRIP_BANKS)
            op = lpu_strip_banks(run->m, op, &run->rounds);
        else {
            run->rounds = lpu_strip_do(run, op);
            op += 1 + op->count;
        }
    }
}

/* After --------------------------------------------------------------------------------------------------------- */
static uint32_t last_of(const strip_value *value, uint32_t round)
{
    return value->in_lanes && !value->is_linear ? value->lanes[round] : value->base + round * value->step;
}

static void end_values(lpu_strip *strip, uint32_t last)
{
    const strip_value *all = strip->values;
    for (uint32_t i = 0; i < strip->lone_count; i++) {
        strip_value *v = strip->lones[i];
        uint32_t a = last_of(&all[v->sources[0]], last), b = last_of(&all[v->sources[1]], last);
        v->base = lpu_strip_value(v->kind, a, b, last_of(&all[v->sources[2]], last), v->k);
    }
    for (const strip_copy *out = strip->lanes_out, *end = out + strip->lane_count; out < end; out++)
        *out->to = out->from[last];
    for (const strip_result *result = strip->results, *end = result + strip->result_count; result < end; result++)
        *result->place = last_of(&all[result->value], last);
    for (const strip_copy *even = strip->evens, *end = even + strip->even_count; even < end; even++)
        *even->to = even->from[LANES_BASE] + last * even->from[LANES_STEP];
}

/* When the last round of a part begins that begins so many cycles after the round of the whole; where the jump behind the
 * round before it is. */
static uint32_t last_round(lpu_strip *strip, const strip_part *part, uint32_t begin)
{
    const strip_turn *end = &strip->turns[part->end - 1];
    uint32_t offset = begin + (uint32_t)(part->rounds - 1) * part->cost;
    if (part->is_loop && part->rounds > 1 && end->jumps) {
        strip->jump = part->end - 1;
        strip->jump_offset = offset - end->cost;
    }
    return offset;
}

void lpu_time_strip(lpu_strip *strip)
{
    uint32_t offset = 0;
    strip->jump = strip->turn_count;
    for (const strip_part *part = strip->parts, *end = part + strip->part_count; part < end; part++) {
        offset = last_round(strip, part, offset);
        for (uint32_t i = part->first; i < part->end; i++) {
            const strip_turn *turn = &strip->turns[i];
            bool is_end = i + 1 == strip->turn_count, leaves = part->is_loop && i + 1 == part->end;
            strip->jump = turn->jumps && !is_end && !leaves ? i : strip->jump;
            strip->jump_offset = strip->jump == i ? offset : strip->jump_offset;
            strip->last_offset = offset;
            offset += leaves ? 1 : turn->cost;
        }
    }
    strip->cost = offset;
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

uint64_t lpu_times(const lpu_strip *strip, uint32_t turn)
{
    const strip_part *part = strip->parts;
    while (part->end <= turn)
        part++;
    return part->rounds;
}

/* The last bundle counts itself when it leaves. */
static void count_rounds(lpu_machine *m, const lpu_strip *strip, uint32_t rounds, bool leaves)
{
    for (uint32_t i = 0; i < strip->turn_count; i++)
        *strip->turns[i].node->issued += rounds * lpu_times(strip, i);
    lpu_strip_pass(m, strip, rounds);
    *strip->last->issued -= leaves;
    if (strip->end != KIND_LOOP_END)
        return;
    m->loops[m->loop_count - 1].remaining -= rounds;
    m->loop_count -= leaves;
}

static void end_run(strip_run *run, uint64_t now)
{
    lpu_machine *m = run->m;
    bool leaves = run->rounds == run->leaving;
    do_ops(run, run->strip->ops + run->strip->sum_first, run->strip->ops + run->strip->op_count);
    lpu_strip_store(m, run->strip, run->rounds);
    end_values(run->strip, run->rounds - 1);
    count_rounds(m, run->strip, run->rounds, leaves);
    note_jumps(m, run->strip, now, run->rounds, leaves);
}

/* A strip is as long as rounds went well the last time, and more; one that does not pay ends for a time. */
static void judge(lpu_node *entry, lpu_strip *strip, uint64_t rounds)
{
    strip->lanes = (uint32_t)least(rounds * 2 > STRIP_BLOCK ? rounds * 2 : STRIP_BLOCK, STRIP_LANES);
    strip->misses = rounds < FEW_ROUNDS ? strip->misses + 1 : 0;
    if (strip->misses < MOST_MISSES)
        return;
    entry->steps->kind = strip->first_kind;
    strip->last->rounds = (uint32_t)ROUNDS_BEFORE_STRIP - ((uint32_t)ROUNDS_LEFT_ALONE << strip->failures);
    strip->failures += strip->failures < MOST_FAILURES;
}

static void find_rounds(strip_run *run)
{
    lpu_begin_strip(run->strip);
    do_ops(run, run->strip->ops, run->strip->ops + run->strip->sum_first);
    run->rounds = lpu_strip_apart(run->strip, run->rounds);
}

/* Find out how many rounds are alike; and do them, if they are enough. */
static uint32_t do_rounds(strip_run *run, uint64_t now, uint64_t until, uint32_t enough)
{
    if (run->strip->is_nest)
        lpu_run_nest(run, now, until);
    else
        find_rounds(run);
    run->rounds = lpu_strip_passing(run->m, run->strip, run->rounds);
    if (run->rounds < enough)
        return 0;
    end_run(run, now);
    return run->rounds;
}

/* From an entry that is not the head, rounds are needed enough to end with one that the strip is made of. */
lpu_strip_end lpu_run_strip(lpu_machine *m, lpu_node *entry, uint64_t now, uint64_t until)
{
    lpu_strip *strip = entry->strip;
    uint64_t done = 0;
    uint32_t rounds, tried, enough = entry->lead + 1;
    strip_run run;
    do {
        run = begin_run(m, strip, now, until);
        tried = run.rounds;
        rounds = tried < enough ? 0 : do_rounds(&run, now, until, enough);
        now += (uint64_t)strip->cost * rounds;
        done += rounds;
        enough = done ? 1 : enough;
    } while (rounds && rounds == tried && rounds != run.leaving);
    if (tried)
        judge(entry, strip, done);
    if (rounds && rounds == run.leaving)
        return (lpu_strip_end){strip->last, now - strip->cost + strip->last_offset, true};
    return (lpu_strip_end){done ? strip->turns->node : entry, now, false};
}
