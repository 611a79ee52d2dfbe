/* In the place of csrc/exact_dot.c: marks the sums that the fast path could not decide. */
#include "exact_dot.h"

uint32_t lpu_exact_dot(const double *x, const double *y, size_t n)
{
    (void)x, (void)y, (void)n;
    return 0xDEADBEEF;
}
