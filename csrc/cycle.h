/* Cycles in which something issues on the tensor face, and letting time pass on it. */
#ifndef LPU_CYCLE_H
#define LPU_CYCLE_H
#include "tensor.h"

/* Bring the face to the beginning of a cycle, after its landings. */
void lpu_settle_tensor(lpu_machine *m, uint64_t cycle);
/* Say that the face, which is empty, stands at the beginning of a cycle. */
void lpu_set_tensor_time(lpu_tensor *t, uint64_t cycle);
/* The next cycle in which the face needs attention, not before m->cycle; NEVER if none does by itself. */
uint64_t lpu_next_event(const lpu_machine *m);
/* Carry out cycle m->cycle. If it fetches, m->pc starts a bundle, or faults. */
void lpu_tensor_cycle(lpu_machine *m, bool fetches);

/* The element of a burst that issues next; what it samples is not looked at. */
void lpu_next_of_burst(const lpu_tensor *t, const lpu_burst *burst, lpu_element *e);

/* loss.c: whether a value gets lost in this cycle, on a strict machine. */
bool lpu_loses_something(const lpu_machine *m);

/* machine.c */
/* Fetch and issue the scalar part of the bundle at m->pc in m->cycle. */
void lpu_fetch_once(lpu_machine *m);
/* Let time pass, without fetching, up to a cycle. */
void lpu_wait_until(lpu_machine *m, uint64_t cycle);

#endif
