/* V3: the special functions of f32, on bits. Every result is the exact one rounded once to nearest even, subnormals
 * included; every NaN that leaves is the canonical one.
 *
 * lpu_exp_lanes and so on compute d[i] from a[i], and from b[i] where there are two operands (else b is not looked
 * at and may be NULL). d is apart from both. */
#ifndef LPU_SPECIAL_H
#define LPU_SPECIAL_H
#include <stddef.h>
#include <stdint.h>

#define LPU_SPECIAL_FUNCTIONS(X) \
    X(exp) X(exp2) X(log2) X(tanh) X(sigmoid) X(rsqrt) X(recip) X(sqrt) X(div)

#define X(name) \
    void lpu_##name##_lanes(uint32_t *restrict d, const uint32_t *restrict a, const uint32_t *restrict b, size_t lanes);
LPU_SPECIAL_FUNCTIONS(X)
#undef X

#endif
