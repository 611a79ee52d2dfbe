/* Bundles that are fetched in a stretch: those of nothing but ops of the tensor face, and of waiting. What they do is known
 * before they are fetched, for no register that they read is about to change. See stretch.h. */
#include "bursts.h"
#include "cycle.h"
#include "op.h"
#include "predecode.h"
#include "stretch.h"

/* What a bundle is ------------------------------------------------------------------------------------------------- */
static bool only_waits(const lpu_bundle *bundle)
{
    for (unsigned i = 0; i < bundle->count; i++)
        if (bundle->ops[i].row->control != LPU_CONTROL_NOP)
            return false;
    return true;
}

static uint32_t cost_of(const lpu_bundle *bundle)
{
    bool waits = bundle->count && has_field(&bundle->ops[0], LPU_FIELD_COUNT);
    return waits ? (uint32_t)bundle->ops[0].fields[LPU_FIELD_COUNT] : 1;
}

static bool have_part(const lpu_tensor_op *ops, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (ops[i].family->part == ALONE || ops[i].position == NOWHERE)
            return false;
    return true;
}

/* Also of an address where none begins. */
static void read_bundle(const lpu_machine *m, uint32_t pc, stretch_bundle *b)
{
    lpu_bundle bundle;
    *b = (stretch_bundle){.pc = pc, .is_known = true};
    if (!(m->marks[pc] & LEGAL) || !lpu_decode_bundle(m, pc, &bundle) || !only_waits(&bundle))
        return;
    if (bundle.tensor_count)
        b->first = lpu_first_tensor_op(m->tensor, pc, &b->count);
    b->next = bundle.next;
    b->cost = cost_of(&bundle);
    b->is_plain = have_part(m->tensor->ops + b->first, b->count);
}

static const stretch_bundle *bundle_at(const lpu_machine *m, uint32_t pc)
{
    stretch_bundle *b = &m->tensor->stretch->known[pc % KNOWN];
    if (!b->is_known || b->pc != pc)
        read_bundle(m, pc, b);
    return b;
}

/* What it needs ---------------------------------------------------------------------------------------------------- */
static bool share_units(const lpu_tensor_op *one, const lpu_tensor_op *other)
{
    for (unsigned i = 0; i < one->row->claims; i++)
        for (unsigned k = 0; k < other->row->claims; k++)
            if (one->unit + i * unit_step(one) == other->unit + k * unit_step(other))
                return true;
    return false;
}

/* Whether no burst that began before has a unit of an op in a cycle. */
static bool are_units_free(const lpu_tensor *t, const lpu_tensor_op *op, uint64_t cycle)
{
    const lpu_stretch *s = t->stretch;
    for (unsigned i = 0; i < op->row->claims; i++)
        if (t->holds[op->unit + i * unit_step(op)].free > cycle)
            return false;
    for (const stretch_fetch *f = s->fetches; f < s->fetches + s->fetch_count; f++)
        for (const lpu_tensor_op *other = t->ops + f->first; other < t->ops + f->first + f->count; other++)
            if (lpu_burst_end(other, f->cycle) > cycle && share_units(op, other))
                return false;
    return true;
}

static bool may_start(const lpu_machine *m, const lpu_tensor_op *op, uint64_t cycle)
{
    for (unsigned i = 0; i < op->register_count; i++)
        if (lpu_last_write_to(m, op->registers[i]))
            return false;
    return are_units_free(m->tensor, op, cycle);
}

static bool may_fetch(const lpu_machine *m, const stretch_bundle *b, uint64_t cycle)
{
    bool is_seen = m->stops.count || m->stops.guard_count || m->marks[b->pc] & BREAKPOINT;
    if (is_seen || !b->is_plain || (m->loop_count && m->marks[b->next] & ENDS_LOOP))
        return false;
    for (uint32_t i = 0; i < b->count; i++)
        if (!may_start(m, &m->tensor->ops[b->first + i], cycle))
            return false;
    return true;
}

uint64_t stretch_look_ahead(lpu_machine *m, uint64_t until)
{
    lpu_stretch *s = m->tensor->stretch;
    uint64_t cycle = m->fetch_ended ? NEVER : m->next_fetch > m->cycle ? m->next_fetch : m->cycle;
    s->fetch_count = 0;
    for (uint32_t pc = m->pc; cycle < until && s->fetch_count < MOST_FETCHES;) {
        const stretch_bundle *b = pc < m->length ? bundle_at(m, pc) : NULL;
        if (!b || !may_fetch(m, b, cycle))
            break;
        s->fetches[s->fetch_count++] = (stretch_fetch){cycle, b->first, b->count};
        cycle += b->cost;
        pc = b->next;
    }
    return least(cycle, until);
}

/* Their bursts ------------------------------------------------------------------------------------------------------ */
/* Bursts that have a unit one after another are carried out in that order. */
void stretch_follow(lpu_stretch *s, stretch_node *node)
{
    for (const stretch_node *other = s->nodes; other < node; other++)
        if (share_units(node->op, other->op))
            node->after |= 1ull << (other - s->nodes);
}

lpu_burst stretch_burst_of(const lpu_machine *m, const lpu_tensor_op *op, uint64_t cycle)
{
    lpu_burst burst = {.started = cycle, .due = cycle, .op = (uint32_t)(op - m->tensor->ops)};
    for (unsigned i = 0; i < op->register_count; i++)
        burst.registers[i] = m->registers[op->registers[i]];
    return burst;
}

void stretch_fetch_all(lpu_machine *m, uint64_t end)
{
    const lpu_stretch *s = m->tensor->stretch;
    for (const stretch_fetch *f = s->fetches; f < s->fetches + s->fetch_count && f->cycle < end; f++) {
        lpu_wait_until(m, f->cycle);
        lpu_fetch_once(m);
    }
}
