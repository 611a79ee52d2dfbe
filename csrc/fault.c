/* The precise path: a bundle that does not issue is looked at again, rule by rule in the order of the codes, op by
 * op in unit order, in the architectural state. What the record holds is in docs/machine.md, section 8. */
#include "control.h"
#include "inquiry.h"
#include "memory.h"
#include "multiply.h"
#include "op.h"

typedef struct {
    lpu_machine *m;
    lpu_fault *fault;
    lpu_bundle bundle;
    lpu_micro steps[MAX_OPS];
    lpu_access accesses[MAX_OPS];
} inquiry;

/* A rule: whether op i breaks it, and if so what the fault says of it. */
typedef bool rule(inquiry *q, unsigned i);

static bool breaks_loop_rules(const inquiry *q, const lpu_op *op)
{
    uint8_t reads[5];
    uint32_t end = (uint32_t)op->fields[LPU_FIELD_TARGET];
    bool in_flight = list_reads(op, reads) && lpu_last_write_to(q->m, reads[0]);
    uint32_t count = in_flight ? 0 : *q->steps[q->bundle.count - 1].a;
    return !lpu_body_is_legal(q->m, q->bundle.next, end) || !loop_fits(q->m, q->bundle.pc, end, count);
}

static bool bad_loop(inquiry *q, unsigned i)
{
    const lpu_op *op = &q->bundle.ops[i];
    if (op->row->control != LPU_CONTROL_LOOP || !breaks_loop_rules(q, op))
        return false;
    q->fault->resource = q->m->loop_count;
    q->fault->address = (int64_t)op->fields[LPU_FIELD_TARGET];
    return true;
}

static bool hazard(inquiry *q, unsigned i)
{
    uint8_t reads[5];
    unsigned count = list_reads(&q->bundle.ops[i], reads);
    for (unsigned operand = 0; operand < count; operand++) {
        const lpu_write *write = lpu_last_write_to(q->m, reads[operand]);
        if (!write)
            continue;
        q->fault->operand = operand;
        q->fault->resource = reads[operand];
        lpu_blame_write(q->fault, write);
        return true;
    }
    return false;
}

static bool out_of_range(inquiry *q, unsigned i)
{
    const lpu_access *access = &q->accesses[i];
    if (!q->bundle.ops[i].row->memory || access->in_range)
        return false;
    q->fault->address = access->is_lane ? access->row : access->word;
    q->fault->value = access->lane;
    return true;
}

static bool bank_clash(inquiry *q, unsigned i)
{
    uint32_t bank;
    for (unsigned j = 0; j < i && q->bundle.ops[i].row->memory; j++) {
        if (!q->bundle.ops[j].row->memory || !lpu_shared_bank(q->m, &q->accesses[j], &q->accesses[i], &bank))
            continue;
        q->fault->resource = bank;
        lpu_blame(q->fault, q->bundle.pc, q->bundle.ops[j].slot, q->m->cycle, LPU_NOWHERE);
        return true;
    }
    return false;
}

static bool never_written(inquiry *q, unsigned i)
{
    const lpu_access *access = &q->accesses[i];
    if (q->bundle.ops[i].row->memory != LPU_MEMORY_LOAD || q->m->parameters.uninit != LPU_UNINIT_FAULT)
        return false;
    unsigned k = lpu_first_unwritten(q->m, access);
    if (k == access->count)
        return false;
    q->fault->address = (int64_t)access->bytes[k];
    return true;
}

static bool note_values(inquiry *q, unsigned i)
{
    q->fault->value = *q->steps[i].a;
    q->fault->value2 = *q->steps[i].b;
    return true;
}

static bool division_fails(uint32_t kind, uint32_t a, uint32_t b)
{
#define CASE(NAME, name) case LPU_SEM_##NAME: return fails_##name(a, b);
    switch (kind) {
        LPU_FOR_EACH_DIVIDE(CASE)
        default: return false;
    }
#undef CASE
}

static bool bad_division(inquiry *q, unsigned i)
{
    return division_fails(q->steps[i].kind, *q->steps[i].a, *q->steps[i].b) && note_values(q, i);
}

static bool bad_assertion(inquiry *q, unsigned i)
{
    return q->steps[i].kind == LPU_SEM_ASSERT && *q->steps[i].a != *q->steps[i].b && note_values(q, i);
}

static bool trap(inquiry *q, unsigned i)
{
    const lpu_op *op = &q->bundle.ops[i];
    if (op->row->control != LPU_CONTROL_TRAP)
        return false;
    q->fault->value = (int64_t)op->fields[LPU_FIELD_CODE];
    return true;
}

/* The earlier party: an op of this bundle, or else the last write in flight that does not land before. */
static bool clashes(inquiry *q, unsigned i, uint64_t landing)
{
    uint8_t reg = written_by(&q->bundle.ops[i]);
    for (unsigned j = i; j-- > 0;) {
        const lpu_op *other = &q->bundle.ops[j];
        if (!(writes_of(other) & set_of(reg)))
            continue;
        lpu_blame(q->fault, q->bundle.pc, other->slot, q->m->cycle, (int64_t)(q->m->cycle + other->row->latency));
        return true;
    }
    const lpu_write *write = lpu_last_write_to(q->m, reg);
    if (!write || write->landing < landing)
        return false;
    lpu_blame_write(q->fault, write);
    return true;
}

static bool write_clash(inquiry *q, unsigned i)
{
    const lpu_op *op = &q->bundle.ops[i];
    uint64_t landing = q->m->cycle + op->row->latency;
    if (!writes_register(op) || !clashes(q, i, landing))
        return false;
    q->fault->resource = written_by(op);
    q->fault->address = (int64_t)landing;
    return true;
}

static const struct {
    lpu_fault_code code;
    rule *breaks;
} rules[] = {
    {LPU_E_LOOP, bad_loop},      {LPU_E_HAZARD, hazard},    {LPU_E_RANGE, out_of_range},
    {LPU_E_BANK, bank_clash},    {LPU_E_UNINIT, never_written}, {LPU_E_DIV, bad_division},
    {LPU_E_ASSERT, bad_assertion}, {LPU_E_TRAP, trap},      {LPU_E_WRITE_CLASH, write_clash},
};

/* Whether a scalar op breaks a rule of this code. */
static bool op_breaks(inquiry *q, lpu_fault_code code)
{
    for (size_t r = 0; r < sizeof rules / sizeof *rules; r++)
        for (unsigned i = 0; i < q->bundle.count && rules[r].code == code; i++)
            if (rules[r].breaks(q, i)) {
                q->fault->slot = q->bundle.ops[i].slot;
                return true;
            }
    return false;
}

/* Scalar units come before those of the tensor face. */
static void find_broken_rule(inquiry *q)
{
    lpu_scalar_accesses scalars = {q->bundle.ops, q->accesses, q->bundle.count};
    for (lpu_fault_code code = LPU_E_LOOP; code <= LPU_E_STREAM_LOST; code++) {
        if (!op_breaks(q, code) && !lpu_element_breaks(q->m, code, &scalars, q->fault))
            continue;
        q->fault->code = code;
        return;
    }
}

static void prepare(inquiry *q)
{
    for (unsigned i = 0; i < q->bundle.count; i++) {
        lpu_resolve(q->m, &q->bundle.ops[i], &q->steps[i]);
        if (q->bundle.ops[i].row->memory)
            q->accesses[i] = lpu_access_of(q->m, &q->steps[i]);
    }
}

static void blame_jump(const lpu_machine *m, lpu_fault *fault)
{
    fault->address = m->pc;
    if (lpu_jump_is_news(m))
        lpu_blame(fault, m->jump_pc, m->jump_slot, (uint64_t)m->jump_cycle, LPU_NOWHERE);
}

static lpu_fault no_fault(const lpu_machine *m)
{
    return (lpu_fault){
        .cycle = (int64_t)m->cycle, .pc = m->pc, .slot = LPU_NOWHERE, .operand = LPU_NOWHERE, .resource = LPU_NOWHERE,
        .other_pc = LPU_NOWHERE, .other_slot = LPU_NOWHERE, .other_cycle = LPU_NOWHERE, .other_landing = LPU_NOWHERE,
        .element = LPU_NOWHERE, .stream = LPU_NOWHERE, .lane = LPU_NOWHERE, .position = LPU_NOWHERE,
        .other_element = LPU_NOWHERE,
    };
}

/* The code of what is wrong with the bundle as such, or 0. */
static lpu_fault_code bad_fetch(inquiry *q)
{
    lpu_machine *m = q->m;
    uint8_t mark = m->pc < m->length ? m->marks[m->pc] : 0;
    if (!(mark & STARTS)) {
        blame_jump(m, q->fault);
        return LPU_E_PC;
    }
    return mark & LEGAL && lpu_decode_bundle(m, m->pc, &q->bundle) ? 0 : LPU_E_ILLEGAL;
}

void lpu_find_fault(lpu_machine *m)
{
    inquiry q = {.m = m, .fault = &m->fault};
    bool fetches = !m->fetch_ended && m->next_fetch <= m->cycle;
    m->faulted = true;
    m->fault = no_fault(m);
    m->fault.code = fetches ? bad_fetch(&q) : 0;
    if (m->fault.code)
        return;
    prepare(&q);
    find_broken_rule(&q);
}
