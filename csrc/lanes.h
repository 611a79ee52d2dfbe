/* V0..V15: what a vector ALU computes, on arrays with one element a lane: uint8_t, uint16_t or uint32_t, by the width
 * of the operand. Arrays hold whole superlanes (lanes is a multiple of 16) and d overlaps no source; sources may be
 * one another. Sources that an op has not are not looked at, and may be NULL. */
#ifndef LPU_LANES_H
#define LPU_LANES_H
#include <stddef.h>
#include <stdint.h>
#include "isa.gen.h"

/* d[l] is the op on a[l], b[l], c[l]: the sources in the order of the row's operands. */
typedef void lane_function(void *restrict d, const void *restrict a, const void *restrict b, const void *restrict c,
                           size_t lanes);

/* The function of a row, for every row of class V; NULL for the others. */
lane_function *lanes_function_of(const lpu_row *row);

/* Elements of `width` bytes (1, 2 or 4) out of byte planes, byte k of lane l at planes[k][l]; and back. */
void lanes_join(void *restrict elements, const uint8_t *const planes[], unsigned width, size_t lanes);
void lanes_split(uint8_t *const planes[], const void *restrict elements, unsigned width, size_t lanes);
/* The low bytes of `bits` on every lane. */
void lanes_fill(void *restrict elements, uint32_t bits, unsigned width, size_t lanes);

#endif
