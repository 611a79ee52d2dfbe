/* A dot product without any rounding but the last. */
#ifndef LPU_EXACT_DOT_H
#define LPU_EXACT_DOT_H
#include <stddef.h>
#include <stdint.h>

/* The bits of the f32 nearest (ties to even) to the sum of x[i] * y[i], i < n <= 2^20. All are finite f16 or bf16
 * values. A sum of zero is +0 unless every product is -0. */
uint32_t lpu_exact_dot(const double *x, const double *y, size_t n);

#endif
