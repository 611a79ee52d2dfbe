/* Bursts: when their elements issue, and how long they hold their units. */
#ifndef LPU_BURSTS_H
#define LPU_BURSTS_H
#include "tensor.h"

static inline bool lpu_unit_is_held(const lpu_tensor *t, unsigned unit) { return t->holds[unit].free > t->now; }

/* The first cycle in which a burst's units are free again; and in which those of all are. */
uint64_t lpu_burst_end(const lpu_tensor_op *op, uint64_t started);
uint64_t lpu_bursts_end(const lpu_tensor *t);
/* Let the next element of a burst be the first that issues in a cycle or later. */
void lpu_find_element(const lpu_tensor_op *op, lpu_burst *burst, uint64_t cycle);
/* Go on to the burst's next element, if there is one. */
void lpu_advance_burst(const lpu_tensor_op *op, lpu_burst *burst);
/* Add a burst that goes on, and what it holds; and, after any were added, find the next that is due. */
void lpu_insert_burst(lpu_tensor *t, const lpu_burst *burst);
void lpu_find_due(lpu_tensor *t);
/* After the elements of a cycle have issued: their bursts go on, end and begin. */
void lpu_advance_bursts(lpu_tensor *t);

#endif
