/* Looking for *the* fault of a cycle: fault.c asks its scalar ops, tensor_fault.c the elements of the tensor face. */
#ifndef LPU_INQUIRY_H
#define LPU_INQUIRY_H
#include "memory.h"
#include "tensor.h"

/* The scalar ops of the cycle's bundle and the accesses that those of memory make. */
typedef struct {
    const lpu_op *ops;
    const lpu_access *accesses;
    unsigned count;
} lpu_scalar_accesses;

/* Whether an element of this cycle breaks a rule of a code; the first that does, in the fault. */
bool lpu_element_breaks(lpu_machine *m, lpu_fault_code code, const lpu_scalar_accesses *scalars, lpu_fault *fault);

/* The other party is the element that made a value. */
void lpu_blame_maker(lpu_fault *fault, const lpu_tensor *t, const lpu_value *value, int64_t landing);

/* loss.c: whether a strict machine loses a value in this cycle; the first that it does, in the fault. */
bool lpu_is_lost(const lpu_machine *m, lpu_fault *fault);

static inline void lpu_blame(lpu_fault *fault, int64_t pc, int64_t slot, uint64_t cycle, int64_t landing)
{
    fault->other_pc = pc;
    fault->other_slot = slot;
    fault->other_cycle = (int64_t)cycle;
    fault->other_landing = landing;
}

static inline void lpu_blame_write(lpu_fault *fault, const lpu_write *write)
{
    lpu_blame(fault, write->pc, write->slot, write->issued, (int64_t)write->landing);
}

#endif
