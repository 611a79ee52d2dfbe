/* What the table says of a decoded op: the registers it reads and writes. */
#ifndef LPU_OP_H
#define LPU_OP_H
#include "machine.h"

enum { LPU_OPERANDS = sizeof ((lpu_row *)0)->operands / sizeof(lpu_operand) };

typedef uint64_t register_set; /* a bit per register, the condition code among them */

static inline register_set set_of(uint64_t reg) { return (register_set)1 << reg; }
static inline bool has_field(const lpu_op *op, unsigned field) { return op->present >> field & 1; }
static inline bool writes_register(const lpu_op *op) { return op->row->writes_cc || op->row->write != LPU_NONE; }

/* Of an op that writes one. */
static inline uint8_t written_by(const lpu_op *op)
{
    return op->row->writes_cc ? LPU_CC : (uint8_t)op->fields[op->row->write];
}

static inline register_set writes_of(const lpu_op *op) { return writes_register(op) ? set_of(written_by(op)) : 0; }

/* The registers read, in operand order, the condition code last; returns how many. */
static inline unsigned list_reads(const lpu_op *op, uint8_t list[5])
{
    unsigned count = 0;
    for (; count < 4 && op->row->reads[count] != LPU_NONE; count++)
        list[count] = (uint8_t)op->fields[op->row->reads[count]];
    if (op->row->reads_cc)
        list[count++] = LPU_CC;
    return count;
}

static inline register_set reads_of(const lpu_op *op)
{
    uint8_t list[5];
    register_set set = 0;
    for (unsigned count = list_reads(op, list); count-- > 0;)
        set |= set_of(list[count]);
    return set;
}

#endif
