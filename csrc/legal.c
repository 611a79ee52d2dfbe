/* What an op of the tensor face must keep beyond the bounds of its fields: the twin of isa/legal.py. */
#include "op.h"

enum { STREAMS_A_WAY = 32, V_COUNT = 16, WEST_PLANES = 2 };

static bool is_stream(uint64_t number) { return number < LPU_V_REGISTERS; }
static bool is_v(uint64_t number) { return number >= LPU_V_REGISTERS && number < LPU_V_REGISTERS + V_COUNT; }
static bool is_scalar(uint64_t number) { return number >= LPU_SCALARS && number < LPU_SCALARS + LPU_REGISTERS; }

/* A group starts at a multiple of its size, and the machine has its streams. */
static bool group_is_legal(const lpu_machine *m, const lpu_operand *operand, uint64_t number)
{
    unsigned size = operand->width * operand->groups;
    return number % size == 0 && number % STREAMS_A_WAY + size <= m->parameters.streams;
}

static bool flow_is_legal(const lpu_op *op, const lpu_operand *operand, uint64_t number)
{
    if (operand->flow == LPU_FLOW_ANY)
        return true;
    bool west = number >= LPU_WEST_FLOW, western = op->fields[LPU_FIELD_PLANE] < WEST_PLANES;
    return west == (western == (operand->flow == LPU_FLOW_IN));
}

static bool v_is_legal(const lpu_machine *m, const lpu_op *op, const lpu_operand *operand, uint64_t number)
{
    if (operand->role == LPU_ROLE_WRITE)
        return number == LPU_V_REGISTERS + op->fields[LPU_FIELD_U];
    return is_scalar(number) || (is_v(number) && number - LPU_V_REGISTERS < m->parameters.vxm_alus);
}

static bool operand_is_legal(const lpu_machine *m, const lpu_op *op, const lpu_operand *operand)
{
    uint64_t number = op->fields[operand->field];
    switch (operand->kind) {
    case LPU_KIND_STREAM:
        return group_is_legal(m, operand, number) && flow_is_legal(op, operand, number);
    case LPU_KIND_VECTOR:
        return is_stream(number) ? group_is_legal(m, operand, number) : v_is_legal(m, op, operand, number);
    case LPU_KIND_IMM:
        return !(number >> 8 * operand->width);
    default:
        return true;
    }
}

static bool burst_is_legal(const lpu_op *op)
{
    const uint64_t *field = op->fields;
    if (!has_field(op, LPU_FIELD_D))
        return true;
    if (field[LPU_FIELD_D] < op->row->interval)
        return false;
    if (!has_field(op, LPU_FIELD_M))
        return true;
    uint64_t last = (field[LPU_FIELD_N] - 1) * field[LPU_FIELD_D];
    if (field[LPU_FIELD_M] == 1)
        return !field[LPU_FIELD_E] && !(has_field(op, LPU_FIELD_STRIDE2) && field[LPU_FIELD_STRIDE2]);
    return field[LPU_FIELD_E] >= last + op->row->interval;
}

/* With two planes those are 0 and 2, one in each hemisphere. */
static bool has_plane(const lpu_machine *m, uint64_t plane) { return plane % 2 < m->parameters.mxm_planes / 2; }

static bool unit_is_legal(const lpu_machine *m, const lpu_op *op)
{
    if (op->row->where == LPU_WHERE_VXM)
        return op->fields[LPU_FIELD_U] < m->parameters.vxm_alus;
    if (op->row->where != LPU_WHERE_PLANE)
        return true;
    uint64_t plane = op->fields[LPU_FIELD_PLANE];
    bool whole_pair = op->row->claims == 1 || plane % 2 == 0;
    return whole_pair && has_plane(m, plane) && has_plane(m, plane + op->row->claims - 1);
}

bool lpu_is_legal(const lpu_machine *m, const lpu_op *op)
{
    if (!op->row->tensor)
        return true;
    for (unsigned i = 0; i < LPU_OPERANDS && op->row->operands[i].field != LPU_NONE; i++)
        if (!operand_is_legal(m, op, &op->row->operands[i]))
            return false;
    return unit_is_legal(m, op) && burst_is_legal(op);
}
