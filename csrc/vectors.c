/* VXM: the vector ALUs and their registers. A v register holds elements, not byte planes. */
#include <string.h>
#include "lanes.h"
#include "memory.h"
#include "units.h"

static bool is_v(const lpu_place *place)
{
    return place->number >= LPU_V_REGISTERS && place->number < LPU_V_REGISTERS + V_COUNT;
}

static const lpu_vector *register_of(const lpu_tensor *t, const lpu_place *place)
{
    return &t->vectors[place->number - LPU_V_REGISTERS];
}

/* The first operand that is a v register, and of which `is_bad` holds. */
static bool has_bad_register(const lpu_machine *m, const lpu_element *e, lpu_fault *fault,
                             bool (*is_bad)(const lpu_vector *v, const lpu_place *place))
{
    for (unsigned i = 0; i < e->op->source_count; i++) {
        const lpu_place *place = &e->op->sources[i];
        if (!is_v(place) || !is_bad(register_of(m->tensor, place), place))
            continue;
        fault->operand = place->operand;
        fault->resource = place->number;
        return true;
    }
    return false;
}

static bool is_too_narrow(const lpu_vector *v, const lpu_place *place) { return v->width && v->width < place->width; }
static bool is_unwritten(const lpu_vector *v, const lpu_place *place) { return (void)place, !v->width; }

static bool reads_wider(const lpu_machine *m, const lpu_element *e, lpu_fault *fault)
{
    if (!has_bad_register(m, e, fault, is_too_narrow))
        return false;
    fault->value = m->tensor->vectors[fault->resource - LPU_V_REGISTERS].width;
    for (unsigned i = 0; i < e->op->source_count; i++)
        if (e->op->sources[i].operand == fault->operand)
            fault->value2 = e->op->sources[i].width;
    return true;
}

static bool reads_unwritten(const lpu_machine *m, const lpu_element *e, lpu_fault *fault)
{
    if (m->parameters.uninit != LPU_UNINIT_FAULT || !has_bad_register(m, e, fault, is_unwritten))
        return false;
    fault->address = LPU_NOWHERE;
    return true;
}

static lpu_vector *write_of(lpu_tensor *t, const lpu_tensor_op *op)
{
    return &t->vector_writes[(t->now + op->latency) % LANDINGS][op->target.number - LPU_V_REGISTERS];
}

static bool clashes(const lpu_machine *m, const lpu_element *e, lpu_fault *fault)
{
    lpu_tensor *t = m->tensor;
    if (!is_v(&e->op->target))
        return false;
    const lpu_vector *write = write_of(t, e->op);
    if (!write->width)
        return false;
    fault->resource = e->op->target.number;
    fault->address = fault->other_landing = (int64_t)(t->now + e->op->latency);
    fault->other_pc = t->ops[write->op].pc;
    fault->other_slot = t->ops[write->op].slot;
    fault->other_cycle = (int64_t)write->issued;
    fault->other_element = write->element;
    return true;
}

/* The low bytes of a register that was written with wider elements. */
static const void *narrowed(lpu_tensor *t, const lpu_vector *v, unsigned width, uint32_t *scratch)
{
    const uint8_t *from = lpu_buffer_elements(t, v->buffer);
    uint8_t *to = (uint8_t *)scratch;
    for (size_t lane = 0; lane < t->lanes; lane++)
        memcpy(to + lane * width, from + lane * v->width, width);
    return scratch;
}

static const void *filled(const lpu_tensor *t, uint32_t bits, unsigned width, uint32_t *scratch)
{
    lanes_fill(scratch, bits, width, t->lanes);
    return scratch;
}

static const void *register_lanes(const lpu_machine *m, const lpu_place *place, uint32_t *scratch)
{
    const lpu_vector *v = register_of(m->tensor, place);
    uint32_t poison = m->parameters.uninit == LPU_UNINIT_POISON ? POISON * 0x01010101u : 0;
    if (!v->width)
        return filled(m->tensor, poison, place->width, scratch);
    if (v->width > place->width)
        return narrowed(m->tensor, v, place->width, scratch);
    return lpu_buffer_elements(m->tensor, v->buffer);
}

/* The register value that was read for a source that is a scalar register. */
static uint32_t broadcast(const lpu_element *e, unsigned source)
{
    unsigned index = 0;
    for (unsigned i = 0; i < source; i++)
        index += e->op->sources[i].number >= LPU_SCALARS && e->op->sources[i].number != IMMEDIATE;
    return e->registers[index];
}

/* Whether a source is a buffer that was found when it was looked at: on streams, and in stretches in registers, too. */
static bool is_found(const lpu_element *e, const lpu_place *place)
{
    return place->number < LPU_V_REGISTERS || (is_v(place) && e->results);
}

/* The elements of a source, one a lane. */
static const void *source_lanes(lpu_machine *m, const lpu_element *e, unsigned source)
{
    const lpu_place *place = &e->op->sources[source];
    uint32_t *scratch = m->tensor->scratch[source];
    if (is_found(e, place))
        return lpu_sampled_elements(m->tensor, e, source, scratch);
    if (is_v(place))
        return register_lanes(m, place, scratch);
    if (e->follows) /* what it found there is the same */
        return scratch;
    uint32_t bits = place->number == IMMEDIATE ? e->op->amount : broadcast(e, source);
    return filled(m->tensor, bits, place->width, scratch);
}

/* The result is on its way, to the register or a stream. */
static void send_result(lpu_tensor *t, const lpu_element *e, uint32_t buffer)
{
    const lpu_tensor_op *op = e->op;
    if (!is_v(&op->target) || e->results) {
        lpu_send(t, e, 0, buffer);
        return;
    }
    *write_of(t, op) = (lpu_vector){t->now, (uint32_t)(op - t->ops), e->number, buffer, op->target.width};
    t->vectors_landing[(t->now + op->latency) % LANDINGS] |= 1u << (op->target.number - LPU_V_REGISTERS);
    t->vectors_pending++;
}

bool lpu_passes_on(const lpu_tensor_op *op) { return op->row->semantics == LPU_SEM_VMOV; }

/* The buffer that holds what an op passes on as it is; 0 if there is none. */
static uint32_t passed_on(const lpu_tensor *t, const lpu_element *e)
{
    const lpu_place *place = &e->op->sources[0];
    if (!lpu_passes_on(e->op))
        return 0;
    if (is_found(e, place))
        return e->buffers[0];
    return is_v(place) && register_of(t, place)->width == place->width ? register_of(t, place)->buffer : 0;
}

static void compute(lpu_machine *m, const lpu_element *e)
{
    lpu_tensor *t = m->tensor;
    const lpu_tensor_op *op = e->op;
    const void *sources[MAX_SOURCES] = {0};
    uint32_t buffer = passed_on(t, e);
    if (buffer) {
        send_result(t, e, lpu_hold_buffer(t, buffer));
        return;
    }
    for (unsigned i = 0; i < op->source_count; i++)
        sources[i] = source_lanes(m, e, i);
    buffer = lpu_take_buffer(t, op->target.width, AS_ELEMENTS);
    op->lanes(elements_of(t, buffer), sources[0], sources[1], sources[2], t->lanes);
    send_result(t, e, buffer);
}

const lpu_family lpu_vector_ops = {
    compute, 0,
    {{LPU_E_TYPE, reads_wider, true}, {LPU_E_UNINIT, reads_unwritten, true}, {LPU_E_WRITE_CLASH, clashes, true}},
    FIRST_TELLS,
};

void lpu_land_vectors(lpu_tensor *t)
{
    lpu_vector *writes = t->vector_writes[t->now % LANDINGS];
    uint32_t *landing = &t->vectors_landing[t->now % LANDINGS];
    for (unsigned i = 0; *landing >> i; i++) {
        if (!(*landing >> i & 1))
            continue;
        if (t->vectors[i].width)
            lpu_release_buffer(t, t->vectors[i].buffer);
        t->vectors[i] = writes[i];
        writes[i].width = 0;
        t->vectors_pending--;
    }
    *landing = 0;
}

void lpu_clear_vectors(lpu_tensor *t)
{
    for (unsigned i = 0; i < V_COUNT; i++) {
        t->vectors[i].width = 0;
        for (unsigned k = 0; k < LANDINGS; k++)
            t->vector_writes[k][i].width = 0;
    }
    memset(t->vectors_landing, 0, sizeof t->vectors_landing);
    t->vectors_pending = 0;
}
