/* An op's operands become pointers: to registers, to the op's own constants, or to zero. */
#include "memory.h"
#include "op.h"

static bool is_read(const lpu_op *op, unsigned field)
{
    const uint8_t *reads = op->row->reads;
    return field != LPU_NONE && (reads[0] == field || reads[1] == field || reads[2] == field || reads[3] == field);
}

/* A field's value: of the register it names, if it names one, else the field's own, kept in `constant`. */
static const uint32_t *source(lpu_machine *m, const lpu_op *op, unsigned field, lpu_micro *micro)
{
    if (field == LPU_NONE || !has_field(op, field))
        return &m->zero;
    if (is_read(op, field))
        return &m->registers[op->fields[field]];
    micro->constant = (uint32_t)op->fields[field];
    return &micro->constant;
}

static void resolve_word(lpu_machine *m, const lpu_op *op, lpu_micro *micro)
{
    micro->k = (uint32_t)op->fields[LPU_FIELD_DISP];
    micro->a = source(m, op, LPU_FIELD_RA, micro);
    micro->b = source(m, op, has_field(op, LPU_FIELD_RC) ? LPU_FIELD_RC : LPU_FIELD_SCALE, micro);
    micro->c = source(m, op, LPU_FIELD_RB, micro);
}

static void resolve_lane(lpu_machine *m, const lpu_op *op, lpu_micro *micro)
{
    uint32_t slice = (uint32_t)op->fields[LPU_FIELD_SLICE], row = (uint32_t)op->fields[LPU_FIELD_ROW];
    micro->k = slice | row << SLICE_FIELD_BITS | (uint32_t)op->row->width << (SLICE_FIELD_BITS + ROW_FIELD_BITS);
    micro->a = source(m, op, LPU_FIELD_RA, micro);
    micro->b = source(m, op, has_field(op, LPU_FIELD_RB) ? LPU_FIELD_RB : LPU_FIELD_LANE, micro);
}

static void resolve_compute(lpu_machine *m, const lpu_op *op, lpu_micro *micro)
{
    const lpu_row *row = op->row;
    micro->a = source(m, op, row->sources[0], micro);
    micro->b = source(m, op, row->sources[1], micro);
    micro->c = row->reads_cc ? &m->registers[LPU_CC] : source(m, op, row->sources[2], micro);
    micro->k = row->reads_cc ? row->condition : has_field(op, LPU_FIELD_LEN) ? (uint32_t)op->fields[LPU_FIELD_LEN] : 0;
}

void lpu_resolve(lpu_machine *m, const lpu_op *op, lpu_micro *micro)
{
    *micro = (lpu_micro){.kind = op->row->semantics, .slot = op->slot, .d = &m->scrap, .undo = &m->scrap};
    micro->a = micro->b = micro->c = micro->stored = &m->zero;
    if (!op->row->memory)
        resolve_compute(m, op, micro);
    else if (op->row->width)
        resolve_lane(m, op, micro);
    else
        resolve_word(m, op, micro);
    if (op->row->memory == LPU_MEMORY_STORE)
        micro->stored = source(m, op, LPU_FIELD_RT, micro);
}
