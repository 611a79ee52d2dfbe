/* The table of all ops of the tensor face in a text, made once, when it is loaded. */
#ifndef LPU_PREDECODE_H
#define LPU_PREDECODE_H
#include "tensor.h"

/* Room for the ops of one more bundle behind the table; NULL when memory runs out. */
lpu_tensor_op *lpu_tensor_room(lpu_machine *m);
/* Put an op, behind `count` others, where its unit belongs. */
void lpu_insert_tensor_op(const lpu_machine *m, lpu_tensor_op *ops, unsigned count, const lpu_op *op, uint32_t pc);
/* What stands in the room becomes part of the table. */
void lpu_keep_tensor_ops(lpu_machine *m, unsigned count);
/* The ops of the bundle at pc: the number of the first in the table, and how many there are. */
uint32_t lpu_first_tensor_op(const lpu_tensor *t, uint32_t pc, uint32_t *count);
/* The op in a slot of the bundle at pc, or NULL. */
const lpu_tensor_op *lpu_op_at(const lpu_tensor *t, uint64_t pc, uint64_t slot);
/* Counts losses: one for each stream that an op writes, or for the exit. */
uint32_t lpu_loss_counts(const lpu_tensor_op *op);

#endif
