/* The precise path of the tensor face: which element of this cycle breaks a rule, and what the fault says of it
 * (docs/machine.md, section 19). The rules of the units are in their own files. */
#include "bursts.h"
#include "inquiry.h"
#include "units.h"

void lpu_blame_maker(lpu_fault *fault, const lpu_tensor *t, const lpu_value *value, int64_t landing)
{
    const lpu_tensor_op *op = &t->ops[value->op];
    lpu_blame(fault, op->pc, op->slot, value->issued, landing);
    fault->other_element = value->element;
}

/* E-UNIT-BUSY, E-HAZARD ------------------------------------------------------------------------------------------ */
static bool unit_busy(const lpu_machine *m, const lpu_element *e, lpu_fault *fault)
{
    const lpu_tensor *t = m->tensor;
    for (unsigned i = 0; e->first && i < e->op->row->claims; i++) {
        unsigned unit = e->op->unit + i * unit_step(e->op);
        const lpu_hold *hold = &t->holds[unit];
        if (!lpu_unit_is_held(t, unit))
            continue;
        fault->resource = unit;
        lpu_blame(fault, t->ops[hold->op].pc, t->ops[hold->op].slot, hold->started, (int64_t)hold->free);
        return true;
    }
    return false;
}

static bool hazard(const lpu_machine *m, const lpu_element *e, lpu_fault *fault)
{
    for (unsigned i = 0; e->first && i < e->op->register_count; i++) {
        const lpu_write *write = lpu_last_write_to(m, e->op->registers[i]);
        if (!write)
            continue;
        fault->operand = i;
        fault->resource = e->op->registers[i];
        lpu_blame_write(fault, write);
        return true;
    }
    return false;
}

/* E-STREAM-EMPTY, E-STREAM-TORN ---------------------------------------------------------------------------------- */
static bool samples_streams(const lpu_element *e, unsigned source)
{
    return e->op->sources[source].number < LPU_V_REGISTERS && e->op->position != NOWHERE;
}

static void note_stream(const lpu_element *e, const lpu_place *place, unsigned k, lpu_fault *fault)
{
    fault->operand = place->operand;
    fault->stream = place->number + k;
    fault->position = e->op->position;
}

static bool source_empty(const lpu_tensor *t, const lpu_element *e, unsigned source, lpu_fault *fault)
{
    const lpu_place *place = &e->op->sources[source];
    unsigned direction = direction_of(place->number);
    uint32_t occupied = t->streams.occupied[direction][diagonal_at(t, direction, (unsigned)e->op->position)];
    for (unsigned k = 0; k < (unsigned)place->width * place->groups; k++)
        if (!(occupied >> (place->number + k) % STREAMS & 1)) {
            note_stream(e, place, k, fault);
            return true;
        }
    return false;
}

static bool stream_empty(const lpu_machine *m, const lpu_element *e, lpu_fault *fault)
{
    for (unsigned source = 0; source < e->op->source_count; source++)
        if (samples_streams(e, source) && source_empty(m->tensor, e, source, fault))
            return true;
    return false;
}

static bool source_torn(const lpu_tensor *t, const lpu_element *e, unsigned source, lpu_fault *fault)
{
    const lpu_place *place = &e->op->sources[source];
    for (unsigned g = 0; g < place->groups; g++) {
        const uint32_t *values = lpu_cells_of(t, e->op, source) + g * place->width;
        unsigned k = lpu_torn_at(t, values, place->number + g * place->width, place->width);
        if (k == place->width)
            continue;
        note_stream(e, place, g * place->width + k, fault);
        lpu_blame_maker(fault, t, &t->streams.values[values[k]], LPU_NOWHERE);
        return true;
    }
    return false;
}

static bool stream_torn(const lpu_machine *m, const lpu_element *e, lpu_fault *fault)
{
    for (unsigned source = 0; source < e->op->source_count; source++)
        if (samples_streams(e, source) && source_torn(m->tensor, e, source, fault))
            return true;
    return false;
}

/* E-BANK --------------------------------------------------------------------------------------------------------- */
static bool is_among(uint32_t bank, const uint32_t *banks, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (banks[i] == bank)
            return true;
    return false;
}

/* The scalar op that accesses a bank, or NULL. */
static const lpu_op *scalar_on(const lpu_machine *m, uint32_t bank, const lpu_scalar_accesses *scalars)
{
    for (unsigned i = 0; i < scalars->count; i++)
        for (unsigned k = 0; scalars->ops[i].row->memory && k < scalars->accesses[i].count; k++)
            if (bank_of(&m->map, (uint32_t)(scalars->accesses[i].bytes[k] / WORD_BYTES)) == bank)
                return &scalars->ops[i];
    return NULL;
}

/* The element before `e` that accesses a bank, or NULL. */
static const lpu_element *element_on(const lpu_machine *m, uint32_t bank, const lpu_element *e)
{
    uint32_t banks[MAX_GROUP];
    for (const lpu_element *other = m->tensor->elements; other < e; other++)
        if (other->op->row->memory && is_among(bank, banks, lpu_banks_of(m, other, banks)))
            return other;
    return NULL;
}

static bool is_taken(const lpu_machine *m, uint32_t bank, const lpu_element *e, const lpu_scalar_accesses *scalars,
                     lpu_fault *fault)
{
    const lpu_op *scalar = scalar_on(m, bank, scalars);
    const lpu_element *other = scalar ? NULL : element_on(m, bank, e);
    if (scalar)
        lpu_blame(fault, m->pc, scalar->slot, m->cycle, LPU_NOWHERE);
    if (other) {
        lpu_blame(fault, other->op->pc, other->op->slot, m->cycle, LPU_NOWHERE);
        fault->other_element = other->number;
    }
    fault->resource = scalar || other ? (int64_t)bank : LPU_NOWHERE;
    return scalar || other;
}

static bool bank_clash(const lpu_machine *m, const lpu_element *e, const lpu_scalar_accesses *scalars, lpu_fault *fault)
{
    uint32_t banks[MAX_GROUP];
    unsigned count = e->op->row->memory ? lpu_banks_of(m, e, banks) : 0;
    for (unsigned k = 0; k < count; k++)
        if (is_taken(m, banks[k], e, scalars, fault))
            return true;
    return false;
}

/* E-STREAM-CLASH ------------------------------------------------------------------------------------------------- */
static bool brings(const lpu_value *value, unsigned stream)
{
    return direction_of(value->stream) == direction_of(stream) && carried_bits(value) >> stream % STREAMS & 1;
}

/* The result on its way to a stream at a place, in a landing cycle; NULL if there is none. */
static const lpu_value *result_for(const lpu_tensor *t, unsigned stream, int position, uint64_t landing)
{
    for (uint32_t v = t->streams.landing[landing % LANDINGS]; v; v = t->streams.values[v].next)
        if (brings(&t->streams.values[v], stream) && t->streams.values[v].position == position)
            return &t->streams.values[v];
    return NULL;
}

/* An earlier element of this cycle whose result meets the stream of another's. */
static const lpu_element *rival(const lpu_tensor *t, const lpu_element *e, unsigned stream)
{
    for (const lpu_element *other = t->elements; other < e; other++) {
        bool meets = other->op->position == e->op->position && other->op->latency == e->op->latency;
        if (meets && lpu_writes_streams(other->op) && lpu_target_bits(other->op) >> stream & 1)
            return other;
    }
    return NULL;
}

static bool clashes_on(const lpu_tensor *t, const lpu_element *e, unsigned stream, lpu_fault *fault)
{
    int64_t landing = (int64_t)(t->now + e->op->latency);
    const lpu_value *value = result_for(t, stream, e->op->position, (uint64_t)landing);
    const lpu_element *other = value ? NULL : rival(t, e, stream);
    if (value) {
        lpu_blame_maker(fault, t, value, landing);
    } else if (other) {
        lpu_blame(fault, other->op->pc, other->op->slot, t->now, landing);
        fault->other_element = other->number;
    }
    return value || other;
}

static bool stream_clash(const lpu_machine *m, const lpu_element *e, lpu_fault *fault)
{
    uint64_t bits = lpu_writes_streams(e->op) ? lpu_target_bits(e->op) : 0;
    for (unsigned stream = 0; stream < LPU_V_REGISTERS; stream++) {
        if (!(bits >> stream & 1) || !clashes_on(m->tensor, e, stream, fault))
            continue;
        fault->stream = stream;
        fault->position = e->op->position;
        fault->address = (int64_t)(m->tensor->now + e->op->latency);
        return true;
    }
    return false;
}

/* ---------------------------------------------------------------------------------------------------------------- */
static bool family_breaks(const lpu_machine *m, const lpu_element *e, lpu_fault_code code, lpu_fault *fault)
{
    for (unsigned i = 0; i < MAX_RULES; i++)
        if (e->op->family->rules[i].code == code && e->op->family->rules[i].breaks(m, e, fault))
            return true;
    return false;
}

static bool breaks(const lpu_machine *m, const lpu_element *e, lpu_fault_code code, const lpu_scalar_accesses *scalars,
                   lpu_fault *fault)
{
    switch (code) {
    case LPU_E_UNIT_BUSY: return unit_busy(m, e, fault);
    case LPU_E_HAZARD: return hazard(m, e, fault);
    case LPU_E_STREAM_EMPTY: return stream_empty(m, e, fault);
    case LPU_E_STREAM_TORN: return stream_torn(m, e, fault);
    case LPU_E_BANK: return bank_clash(m, e, scalars, fault);
    case LPU_E_STREAM_CLASH: return stream_clash(m, e, fault);
    default: return family_breaks(m, e, code, fault);
    }
}

/* Once no stream is empty, what the elements sample can be looked at. */
static void look_again(lpu_tensor *t)
{
    for (uint32_t i = 0; i < t->element_count; i++)
        for (unsigned source = 0; source < t->elements[i].op->source_count; source++)
            if (samples_streams(&t->elements[i], source))
                lpu_look(t, &t->elements[i], source);
}

bool lpu_element_breaks(lpu_machine *m, lpu_fault_code code, const lpu_scalar_accesses *scalars, lpu_fault *fault)
{
    lpu_tensor *t = m->tensor;
    if (code == LPU_E_STREAM_TORN)
        look_again(t);
    if (code == LPU_E_STREAM_LOST)
        return t->now == m->cycle && lpu_is_lost(m, fault);
    for (uint32_t i = 0; i < t->element_count; i++) {
        const lpu_element *e = &t->elements[i];
        if (!breaks(m, e, code, scalars, fault))
            continue;
        fault->pc = e->op->pc;
        fault->slot = e->op->slot;
        fault->element = e->number;
        return true;
    }
    return false;
}
