/* Ops of the tensor face as the engine keeps them: operands as places, the position of the unit, plain numbers. */
#include <stdlib.h>
#include "op.h"
#include "predecode.h"
#include "units.h"

enum { SLICES_PER_QUAD = 4, HEMISPHERE_SLICES = 64, WEST_PLANES = 2 };

static uint64_t field_or(const lpu_op *op, unsigned field, uint64_t otherwise)
{
    return has_field(op, field) ? op->fields[field] : otherwise;
}

/* Where the unit stands; NOWHERE for a slice that the machine has not. */
static int position_of(const lpu_machine *m, const lpu_op *op)
{
    int quads = (int)m->parameters.quads, centre = quads + 2, last = 2 * quads + 4;
    if (op->row->where == LPU_WHERE_VXM)
        return centre;
    if (op->row->where == LPU_WHERE_PLANE)
        return op->fields[LPU_FIELD_PLANE] < WEST_PLANES ? 0 : last;
    if (op->row->where == LPU_WHERE_HEMI)
        return op->fields[LPU_FIELD_HEMI] ? last - 1 : 1;
    if (op->row->where != LPU_WHERE_SLICE)
        return NOWHERE;
    int slice = (int)op->fields[LPU_FIELD_SLICE], quad = slice % HEMISPHERE_SLICES / SLICES_PER_QUAD;
    if (quad >= quads)
        return NOWHERE;
    return slice < HEMISPHERE_SLICES ? centre - 1 - quad : centre + 1 + quad;
}

static void note_register(lpu_tensor_op *to, uint64_t reg) { to->registers[to->register_count++] = (uint8_t)reg; }

static void note_place(lpu_tensor_op *to, const lpu_op *op, unsigned i)
{
    const lpu_operand *operand = &op->row->operands[i];
    bool is_immediate = operand->kind == LPU_KIND_IMM;
    lpu_place place = {.width = operand->width, .groups = operand->groups, .operand = (uint8_t)i};
    place.number = is_immediate ? IMMEDIATE : (uint8_t)op->fields[operand->field];
    if (!is_immediate && place.number >= LPU_SCALARS)
        note_register(to, place.number - LPU_SCALARS);
    if (operand->role == LPU_ROLE_WRITE)
        to->target = place;
    else
        to->sources[to->source_count++] = place;
}

static void note_operands(lpu_tensor_op *to, const lpu_op *op)
{
    for (unsigned i = 0; i < 4 && op->row->reads[i] != LPU_NONE; i++)
        note_register(to, op->fields[op->row->reads[i]]);
    for (unsigned i = 0; i < LPU_OPERANDS && op->row->operands[i].field != LPU_NONE; i++) {
        uint8_t kind = op->row->operands[i].kind;
        if (kind == LPU_KIND_STREAM || kind == LPU_KIND_VECTOR || kind == LPU_KIND_IMM)
            note_place(to, op, i);
    }
}

/* How far apart the rows are that the elements of a round take. */
static uint64_t stride_of(const lpu_op *op)
{
    if (op->row->unit_class == LPU_CLASS_LW)
        return matrix_rows_of(op->row->type);
    return field_or(op, LPU_FIELD_STRIDE, op->row->unit_class == LPU_CLASS_ACC);
}

static void note_burst(lpu_tensor_op *to, const lpu_op *op)
{
    to->n = (uint32_t)field_or(op, LPU_FIELD_N, 1);
    to->d = (uint32_t)field_or(op, LPU_FIELD_D, 1);
    to->m = (uint32_t)field_or(op, LPU_FIELD_M, 1);
    to->e = (uint32_t)field_or(op, LPU_FIELD_E, 0);
    to->stride = (uint32_t)stride_of(op);
    to->stride2 = (uint32_t)field_or(op, LPU_FIELD_STRIDE2, 0);
}

static void note_numbers(lpu_tensor_op *to, const lpu_op *op)
{
    to->base = (uint32_t)field_or(op, LPU_FIELD_ROW, field_or(op, LPU_FIELD_ACC, field_or(op, LPU_FIELD_ROW0, 0)));
    to->amount = (uint32_t)field_or(op, LPU_FIELD_IMM, field_or(op, LPU_FIELD_AMOUNT, 0));
    to->latency = (uint8_t)(op->row->latency + field_or(op, LPU_FIELD_DELAY, 0));
    to->slice = (uint8_t)field_or(op, LPU_FIELD_SLICE, 0);
    to->bank = (uint8_t)field_or(op, LPU_FIELD_BANK, 0);
    to->plane = (uint8_t)field_or(op, LPU_FIELD_PLANE, 0);
    to->hemi = (uint8_t)field_or(op, LPU_FIELD_HEMI, 0);
    to->number = (uint8_t)field_or(op, LPU_FIELD_NUMBER, 0);
    to->span = (uint8_t)field_or(op, LPU_FIELD_SPAN, 0);
    to->link = (uint8_t)field_or(op, LPU_FIELD_LINK, 0);
}

/* A slice's place in the linear map. */
static void note_slice(const lpu_machine *m, lpu_tensor_op *to)
{
    const lpu_parameters *size = &m->parameters;
    uint32_t hemisphere = to->slice / HEMISPHERE_SLICES, index = to->slice % HEMISPHERE_SLICES;
    to->first_bank = (hemisphere * size->quads * SLICES_PER_QUAD + index) * size->banks;
    to->first_byte = (size_t)to->first_bank * size->rows * m->tensor->lanes;
}

static lpu_tensor_op tensor_op(const lpu_machine *m, const lpu_op *op, uint32_t pc)
{
    lpu_tensor_op to = {.row = op->row, .pc = pc, .slot = op->slot, .unit = op->unit};
    to.family = lpu_family_of(op->row);
    to.lanes = lanes_function_of(op->row);
    to.position = (int8_t)position_of(m, op);
    note_burst(&to, op);
    note_numbers(&to, op);
    note_slice(m, &to);
    note_operands(&to, op);
    return to;
}

lpu_tensor_op *lpu_tensor_room(lpu_machine *m)
{
    lpu_tensor *t = m->tensor;
    if (t->op_room < t->op_count + LPU_UNITS) {
        uint32_t room = 2 * t->op_count + LPU_UNITS;
        lpu_tensor_op *ops = realloc(t->ops, room * sizeof *ops);
        if (!ops)
            return NULL;
        t->ops = ops;
        t->op_room = room;
    }
    return t->ops + t->op_count;
}

void lpu_insert_tensor_op(const lpu_machine *m, lpu_tensor_op *ops, unsigned count, const lpu_op *op, uint32_t pc)
{
    for (; count > 0 && ops[count - 1].unit > op->unit; count--)
        ops[count] = ops[count - 1];
    ops[count] = tensor_op(m, op, pc);
}

uint32_t lpu_loss_counts(const lpu_tensor_op *op)
{
    if (op->row->unit_class == LPU_CLASS_ABC)
        return 1;
    return op->target.number < LPU_V_REGISTERS ? op->target.width * op->target.groups : 0;
}

void lpu_keep_tensor_ops(lpu_machine *m, unsigned count)
{
    lpu_tensor *t = m->tensor;
    for (unsigned i = 0; i < count; i++) {
        t->ops[t->op_count].losses = t->loss_count;
        t->loss_count += lpu_loss_counts(&t->ops[t->op_count++]);
    }
}

uint32_t lpu_first_tensor_op(const lpu_tensor *t, uint32_t pc, uint32_t *count)
{
    uint32_t low = 0, high = t->op_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (t->ops[middle].pc < pc)
            low = middle + 1;
        else
            high = middle;
    }
    *count = 0;
    while (low + *count < t->op_count && t->ops[low + *count].pc == pc)
        ++*count;
    return low;
}

const lpu_tensor_op *lpu_op_at(const lpu_tensor *t, uint64_t pc, uint64_t slot)
{
    uint32_t count, first = pc <= UINT32_MAX ? lpu_first_tensor_op(t, (uint32_t)pc, &count) : t->op_count;
    for (; first < t->op_count && t->ops[first].pc == pc; first++)
        if (t->ops[first].slot == slot)
            return &t->ops[first];
    return NULL;
}
