/* What the tensor face touches: memory, accumulator rows, units, streams, v registers. See stops.h. */
#include "stops.h"
#include "units.h"

static lpu_toucher toucher(const lpu_tensor_op *op) { return (lpu_toucher){op->pc, op->slot, op->unit}; }

/* Elements ------------------------------------------------------------------------------------------------------- */
static void note_units(lpu_machine *m, const lpu_tensor_op *op, uint64_t cycle)
{
    for (unsigned i = 0; i < op->row->claims; i++) {
        unsigned unit = op->unit + i * unit_step(op);
        lpu_touch(m, kind_bit(LPU_WATCH_UNIT), LPU_NOWHERE, unit, unit, toucher(op), cycle);
    }
}

static void note_rows(lpu_machine *m, const lpu_element *e, uint64_t cycle)
{
    size_t starts[MAX_RUNS], bytes;
    for (unsigned k = lpu_runs_of(m, e, starts, &bytes); k-- > 0;) {
        int64_t first = (int64_t)starts[k], last = first + (int64_t)bytes - 1;
        lpu_touch(m, kinds_of_access(e->op->row->memory), LPU_NOWHERE, first, last, toucher(e->op), cycle);
    }
}

static bool sets_accumulators(const lpu_tensor_op *op)
{
    return op->family == &lpu_takes || op->family == &lpu_row_writes;
}

void lpu_note_elements(lpu_machine *m)
{
    const lpu_tensor *t = m->tensor;
    uint64_t cycle = t->now + 1;
    for (uint32_t i = 0; m->stops.count && i < t->element_count; i++) {
        const lpu_element *e = &t->elements[i];
        note_units(m, e->op, cycle);
        if (e->op->row->memory)
            note_rows(m, e, cycle);
        if (sets_accumulators(e->op))
            lpu_touch(m, kind_bit(LPU_WATCH_ACCUMULATOR), e->op->plane, e->row, e->row, toucher(e->op), cycle);
    }
}

static bool is_any_near(const uint8_t *blocks, size_t first, size_t last)
{
    bool is_any = is_near(blocks, last);
    for (size_t byte = first; byte < last && !is_any; byte += 1u << WATCHED_BLOCK_SHIFT)
        is_any = is_near(blocks, byte);
    return is_any;
}

static bool is_row_near(const lpu_machine *m, const lpu_element *e)
{
    size_t starts[MAX_RUNS], bytes;
    bool is_any = false;
    for (unsigned k = lpu_runs_of(m, e, starts, &bytes); k-- > 0;)
        is_any |= is_any_near(m->stops.blocks, starts[k], starts[k] + bytes - 1);
    return is_any;
}

static bool is_target_watched(const lpu_machine *m, const lpu_tensor_op *op)
{
    unsigned v = op->target.number - LPU_V_REGISTERS;
    if (lpu_writes_streams(op))
        return m->stops.streams & lpu_target_bits(op);
    return op->target.groups && v < V_COUNT && m->stops.vectors >> v & 1;
}

bool lpu_may_note_element(const lpu_machine *m, const lpu_element *e)
{
    if (is_target_watched(m, e->op))
        return true;
    for (unsigned i = 0; i < e->op->row->claims; i++)
        if (lpu_watches_unit(m, e->op->unit + i * unit_step(e->op)))
            return true;
    if (m->stops.kinds & kind_bit(LPU_WATCH_ACCUMULATOR) && sets_accumulators(e->op))
        return true;
    return e->op->row->memory && lpu_watches_accesses(m, e->op->row->memory) && is_row_near(m, e);
}

static void test_rows(lpu_machine *m, const lpu_element *e, uint64_t cycle)
{
    size_t starts[MAX_RUNS], bytes;
    unsigned count = lpu_runs_of(m, e, starts, &bytes);
    for (unsigned k = 0; k < count; k++)
        lpu_test_bytes(m, &(lpu_touched){starts[k], starts[k] + bytes - 1, toucher(e->op)}, cycle);
}

void lpu_test_elements(lpu_machine *m)
{
    const lpu_tensor *t = m->tensor;
    if (!m->stops.tests_elements)
        return;
    lpu_test_stored(m, t->now + 1);
    for (uint32_t i = 0; i < t->element_count; i++)
        if (t->elements[i].op->row->memory == LPU_MEMORY_WRITE)
            test_rows(m, &t->elements[i], t->now + 1);
}

/* Streams -------------------------------------------------------------------------------------------------------- */
static bool watches_streams(const lpu_machine *m) { return m->stops.kinds & kind_bit(LPU_WATCH_STREAM); }

bool lpu_watches_flow(const lpu_machine *m)
{
    return m->stops.kinds & (kind_bit(LPU_WATCH_STREAM) | kind_bit(LPU_WATCH_VECTOR));
}

static void note_byte(lpu_machine *m, const lpu_value *value, unsigned stream, int64_t position)
{
    lpu_toucher by = toucher(&m->tensor->ops[value->op]);
    lpu_touch(m, kind_bit(LPU_WATCH_STREAM), position, stream, stream, by, m->tensor->now + 1);
}

static void note_landing_value(lpu_machine *m, const lpu_value *value)
{
    for (unsigned k = 0; k < value->width; k++)
        if (value->carried >> k & 1)
            note_byte(m, value, value->stream + k, LPU_NOWHERE);
}

void lpu_note_emitted(lpu_machine *m)
{
    const lpu_streams *s = &m->tensor->streams;
    if (!watches_streams(m))
        return;
    for (uint32_t number = s->landing[m->tensor->now % LANDINGS]; number; number = s->values[number].next)
        note_landing_value(m, &s->values[number]);
}

static void note_passing(lpu_machine *m, const lpu_watch *watch)
{
    const lpu_tensor *t = m->tensor;
    for (unsigned stream = (unsigned)watch->first; stream <= (unsigned)watch->last; stream++) {
        unsigned direction = direction_of(stream), diagonal = diagonal_at(t, direction, (unsigned)watch->place);
        if (t->streams.occupied[direction][diagonal] >> stream % STREAMS & 1)
            note_byte(m, &t->streams.values[t->streams.cells[direction][diagonal][stream % STREAMS]], stream, watch->place);
    }
}

void lpu_note_leaving(lpu_machine *m)
{
    for (uint32_t i = 0; watches_streams(m) && i < m->stops.count; i++) {
        const lpu_watch *watch = &m->stops.watches[i].of;
        if (watch->kind == LPU_WATCH_STREAM && watch->place != LPU_NOWHERE)
            note_passing(m, watch);
    }
}

/* The streams with values on the chip, or on their way to it. */
static uint64_t streams_in_use(const lpu_tensor *t)
{
    const lpu_streams *s = &t->streams;
    uint64_t found = 0;
    for (unsigned i = 0; i < t->positions; i++)
        found |= s->occupied[0][i] | (uint64_t)s->occupied[1][i] << STREAMS;
    for (unsigned i = 0; i < LANDINGS; i++)
        for (uint32_t number = s->landing[i]; number; number = s->values[number].next)
            found |= ((1ull << s->values[number].width) - 1) << s->values[number].stream;
    return found;
}

static uint64_t vectors_to_land(const lpu_tensor *t)
{
    uint64_t found = 0;
    for (unsigned i = 0; i < LANDINGS; i++)
        found |= t->vectors_landing[i];
    return found;
}

bool lpu_may_note_flow(const lpu_machine *m)
{
    const lpu_stops *s = &m->stops;
    return (s->streams && s->streams & streams_in_use(m->tensor)) || (s->vectors && s->vectors & vectors_to_land(m->tensor));
}

/* v registers ---------------------------------------------------------------------------------------------------- */
void lpu_note_vectors(lpu_machine *m)
{
    const lpu_tensor *t = m->tensor;
    const lpu_vector *writes = t->vector_writes[t->now % LANDINGS];
    if (!(m->stops.kinds & kind_bit(LPU_WATCH_VECTOR)))
        return;
    for (unsigned i = 0; i < V_COUNT; i++)
        if (writes[i].width)
            lpu_touch(m, kind_bit(LPU_WATCH_VECTOR), LPU_NOWHERE, i, i, toucher(&t->ops[writes[i].op]), t->now);
}
