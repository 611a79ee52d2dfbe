/* A cycle of the tensor face: collect what issues, check all of it, then carry it out. */
#include <string.h>
#include "bursts.h"
#include "cycle.h"
#include "memory.h"
#include "op.h"
#include "predecode.h"
#include "stops.h"
#include "units.h"

/* Time passes -------------------------------------------------------------------------------------------------- */
static void drop_exits(lpu_tensor *t)
{
    matrix_maker lost;
    for (unsigned plane = 0; plane < MATRIX_PLANES; plane++)
        if (matrix_drop(t->matrix, plane, t->now, &lost))
            t->losses[lpu_op_at(t, lost.pc, lost.slot)->losses]++;
}

/* The second half of a cycle: results land; the next begins, with what becomes visible in it. */
static void end_cycle(lpu_machine *m)
{
    lpu_tensor *t = m->tensor;
    lpu_note_emitted(m);
    lpu_land_results(t);
    lpu_note_leaving(m);
    drop_exits(t);
    t->now++;
    t->phase = t->phase + 1 == t->positions ? 0 : t->phase + 1;
    lpu_note_vectors(m);
    lpu_land_vectors(t);
}

static bool is_empty(const lpu_tensor *t)
{
    bool empty = t->streams.fresh == t->streams.free_count && !t->vectors_pending;
    for (unsigned plane = 0; plane < MATRIX_PLANES; plane++)
        empty &= matrix_next_exit(t->matrix, plane) == NEVER;
    return empty;
}

/* Nothing stays on the chip for long, so this takes a bounded number of steps. */
void lpu_settle_tensor(lpu_machine *m, uint64_t cycle)
{
    lpu_tensor *t = m->tensor;
    while (t->now < cycle && !is_empty(t)) {
        lpu_move_streams(t);
        end_cycle(m);
    }
    if (t->now < cycle)
        lpu_set_tensor_time(t, cycle);
}

void lpu_set_tensor_time(lpu_tensor *t, uint64_t cycle)
{
    t->now = cycle;
    t->phase = (unsigned)(cycle % t->positions);
}

/* A strict machine looks at every cycle in which something might get lost; so does one that watches the face. */
uint64_t lpu_next_event(const lpu_machine *m)
{
    const lpu_tensor *t = m->tensor;
    bool looks = (m->parameters.strict || lpu_watches_flow(m)) && !is_empty(t);
    return looks && m->cycle < t->due ? m->cycle : t->due;
}

/* Collecting --------------------------------------------------------------------------------------------------- */
static void set_rows(lpu_element *e, uint32_t i, uint32_t j)
{
    const lpu_tensor_op *op = e->op;
    e->number = j * op->n + i;
    e->row = op->base + i * op->stride + j * op->stride2 + (op->row->where == LPU_WHERE_SLICE ? e->registers[0] : 0);
}

static void add_first(lpu_machine *m, const lpu_tensor_op *op)
{
    lpu_element *e = &m->tensor->elements[m->tensor->element_count++];
    e->op = op;
    e->started = m->cycle;
    e->first = true;
    e->follows = e->lends = false;
    e->results = NULL;
    e->registers[0] = 0;
    for (unsigned i = 0; i < op->register_count; i++)
        e->registers[i] = m->registers[op->registers[i]];
    set_rows(e, 0, 0);
}

void lpu_next_of_burst(const lpu_tensor *t, const lpu_burst *burst, lpu_element *e)
{
    e->op = &t->ops[burst->op];
    e->started = burst->started;
    e->first = e->follows = e->lends = false;
    e->results = NULL;
    memcpy(e->registers, burst->registers, sizeof e->registers);
    set_rows(e, burst->i, burst->j);
}

/* The bundle's ops and the bursts are both in unit order. */
static void collect(lpu_machine *m, bool fetches)
{
    lpu_tensor *t = m->tensor;
    uint32_t count = 0, first = 0;
    if (fetches && m->pc < m->length && m->marks[m->pc] & HAS_TENSOR)
        first = lpu_first_tensor_op(t, m->pc, &count);
    const lpu_tensor_op *op = t->ops + first, *end = op + count;
    t->element_count = 0;
    for (uint32_t b = 0; b < t->burst_count; b++) {
        const lpu_burst *burst = &t->bursts[b];
        if (burst->due != m->cycle)
            continue;
        while (op < end && op->unit <= t->ops[burst->op].unit)
            add_first(m, op++);
        lpu_next_of_burst(t, burst, &t->elements[t->element_count++]);
    }
    while (op < end)
        add_first(m, op++);
}

/* Checking: quickly, and without saying what is wrong ------------------------------------------------------------ */
static bool may_start(const lpu_machine *m, const lpu_element *e)
{
    for (unsigned i = 0; i < e->op->row->claims; i++)
        if (lpu_unit_is_held(m->tensor, e->op->unit + i * unit_step(e->op)))
            return false;
    for (unsigned i = 0; i < e->op->register_count; i++)
        if (lpu_last_write_to(m, e->op->registers[i]))
            return false;
    return true;
}

static bool look_at_sources(const lpu_tensor *t, lpu_element *e)
{
    for (unsigned i = 0; i < e->op->source_count; i++)
        if (e->op->sources[i].number < LPU_V_REGISTERS && !lpu_look(t, e, i))
            return false;
    return true;
}

static bool keeps_rules(const lpu_machine *m, const lpu_element *e)
{
    const lpu_family *family = e->op->family;
    lpu_fault unused;
    for (unsigned i = 0; i < MAX_RULES && family->rules[i].code; i++)
        if (family->rules[i].breaks(m, e, &unused))
            return false;
    return true;
}

static bool claim_bank(lpu_tensor *t, uint32_t bank)
{
    uint64_t bit = 1ull << bank % 64, *banks = &t->banks[bank / 64];
    bool is_free = !(*banks & bit);
    *banks |= bit;
    return is_free;
}

static bool claim_banks(const lpu_machine *m, const lpu_element *e)
{
    uint32_t banks[MAX_GROUP];
    bool are_free = true;
    for (unsigned k = e->op->row->memory ? lpu_banks_of(m, e, banks) : 0; k-- > 0;)
        are_free &= claim_bank(m->tensor, banks[k]);
    return are_free;
}

static bool may_issue(lpu_machine *m, lpu_element *e)
{
    if ((e->first && !may_start(m, e)) || e->op->position == NOWHERE)
        return false;
    if (!look_at_sources(m->tensor, e) || !keeps_rules(m, e) || !claim_banks(m, e))
        return false;
    return !lpu_writes_streams(e->op) || lpu_claim_streams(m->tensor, e->op, m->tensor->now + e->op->latency);
}

static void unclaim(lpu_machine *m, uint32_t count)
{
    lpu_tensor *t = m->tensor;
    for (uint32_t i = 0; i < count; i++)
        if (lpu_writes_streams(t->elements[i].op))
            lpu_unclaim_streams(t, t->elements[i].op, t->now + t->elements[i].op->latency);
}

/* The banks of the bundle's scalar accesses; whether those are in range and apart, their own steps check. */
static void claim_scalar_banks(lpu_machine *m)
{
    lpu_bundle bundle;
    lpu_decode_bundle(m, m->pc, &bundle);
    for (unsigned i = 0; i < bundle.count; i++) {
        lpu_micro step;
        if (!bundle.ops[i].row->memory)
            continue;
        lpu_resolve(m, &bundle.ops[i], &step);
        lpu_access access = lpu_access_of(m, &step);
        for (unsigned k = 0; access.in_range && k < access.count; k++)
            claim_bank(m->tensor, bank_of(&m->map, (uint32_t)(access.bytes[k] / WORD_BYTES)));
    }
}

/* Whether all elements may issue; the streams they write are claimed if so. */
static bool all_may_issue(lpu_machine *m, bool fetches)
{
    lpu_tensor *t = m->tensor;
    uint32_t count = 0;
    memset(t->banks, 0, sizeof t->banks);
    if (fetches && m->pc < m->length && (m->marks[m->pc] & (LEGAL | HAS_ACCESS)) == (LEGAL | HAS_ACCESS))
        claim_scalar_banks(m);
    while (count < t->element_count && may_issue(m, &t->elements[count]))
        count++;
    if (count == t->element_count && !lpu_loses_something(m))
        return true;
    unclaim(m, count);
    return false;
}

/* Carrying out --------------------------------------------------------------------------------------------------- */
static void issue(lpu_machine *m, const lpu_element *e)
{
    lpu_tensor *t = m->tensor;
    uint64_t landing = t->now + e->op->latency;
    for (unsigned i = 0; i < e->op->source_count; i++)
        if (e->op->sources[i].number < LPU_V_REGISTERS)
            lpu_note_sampled(t, e->op, i);
    e->op->family->issue(m, e);
    t->settled = landing > t->settled ? landing : t->settled;
}

static int last_rank(const lpu_tensor *t)
{
    int last = 0;
    for (uint32_t i = 0; i < t->element_count; i++)
        last = t->elements[i].op->family->rank > last ? t->elements[i].op->family->rank : last;
    return last;
}

static void issue_all(lpu_machine *m)
{
    lpu_tensor *t = m->tensor;
    int last = last_rank(t);
    for (int rank = 0; rank <= last; rank++)
        for (uint32_t i = 0; i < t->element_count; i++)
            if (t->elements[i].op->family->rank == rank)
                issue(m, &t->elements[i]);
}

static void commit(lpu_machine *m)
{
    lpu_tensor *t = m->tensor;
    lpu_note_elements(m);
    lpu_move_streams(t);
    issue_all(m);
    lpu_test_elements(m);
    lpu_advance_bursts(t);
    end_cycle(m);
    t->element_count = 0;
}

void lpu_tensor_cycle(lpu_machine *m, bool fetches)
{
    uint64_t cycle = m->cycle;
    lpu_settle_tensor(m, cycle);
    collect(m, fetches);
    if (!all_may_issue(m, fetches)) {
        lpu_find_fault(m);
        return;
    }
    if (fetches)
        lpu_fetch_once(m);
    else
        lpu_wait_until(m, cycle + 1);
    if (m->faulted)
        unclaim(m, m->tensor->element_count);
    else
        commit(m);
}
