/* Float ops on one element, given and returned as bits. Those of a 16-bit type are computed as floats and rounded to
 * the type: a float has over twice its digits, so that rounding twice is rounding once (Figueroa, 1995). */
#ifndef LPU_LANES_FLOAT_H
#define LPU_LANES_FLOAT_H
#include <math.h>
#include "lanes_number.h"

/* X(name, type, as signed, bits, infinity) */
#define FOR_FLOATS(X) \
    X(f16, uint16_t, int16_t, 16, 0x7C00u) X(bf16, uint16_t, int16_t, 16, 0x7F80u) \
    X(f32, uint32_t, int32_t, 32, 0x7F800000u)

/* order_ numbers the floats that are not NaN as they follow one another, -0 below +0. unless_ is a, or else the
 * canonical NaN. */
#define OF_FLOAT(name, T, S, bits, infinity) \
    static inline T add_##name(T a, T b) { return to_##name(from_##name(a) + from_##name(b)); } \
    static inline T sub_##name(T a, T b) { return to_##name(from_##name(a) - from_##name(b)); } \
    static inline T magnitude_##name(T a) { return a & (T)~0u >> 1; } \
    static inline int nan_##name(T a) { return magnitude_##name(a) > infinity; } \
    static inline T unless_##name(int nan, T a) { return nan ? (T)(infinity | infinity >> 1) : a; } \
    static inline S order_##name(T a) { return (S)(a >> (bits - 1) ? a ^ (T)~0u >> 1 : a); } \
    static inline T lesser_##name(T a, T b) { return order_##name(a) < order_##name(b) ? a : b; } \
    static inline T greater_##name(T a, T b) { return order_##name(a) > order_##name(b) ? a : b; } \
    static inline int either_##name(T a, T b) { return nan_##name(a) | nan_##name(b); } \
    static inline T min_##name(T a, T b) { return unless_##name(either_##name(a, b), lesser_##name(a, b)); } \
    static inline T max_##name(T a, T b) { return unless_##name(either_##name(a, b), greater_##name(a, b)); } \
    static inline T neg_##name(T a) { return unless_##name(nan_##name(a), a ^ (T)(1u << (bits - 1))); } \
    static inline T abs_##name(T a) { return unless_##name(nan_##name(a), magnitude_##name(a)); } \
    static inline T relu_##name(T a) { return unless_##name(nan_##name(a), a >> (bits - 1) ? 0 : a); }
FOR_FLOATS(OF_FLOAT)
#undef OF_FLOAT

static inline uint32_t mul_f32(uint32_t a, uint32_t b) { return to_f32(from_f32(a) * from_f32(b)); }
static inline uint16_t mul_f16(uint16_t a, uint16_t b) { return to_f16(from_f16(a) * from_f16(b)); }

static inline uint32_t fma_f32(uint32_t a, uint32_t b, uint32_t c)
{
    return to_f32(fmaf(from_f32(a), from_f32(b), from_f32(c)));
}

/* A float holds the product of two bf16, but not where it is subnormal. There it is rounded 2^128 higher: to a multiple
 * of 2^-5, the last place of 2^18, which leaves the bits of the result in the low bits of the sum. */
static inline uint16_t mul_bf16(uint16_t a, uint16_t b)
{
    float product = from_bf16(a) * from_bf16(b);
    float high = fabsf(from_bf16(a) * 0x1p64f) * fabsf(from_bf16(b) * 0x1p64f);
    uint32_t subnormal = raw_bits(high + 0x1p18f) - raw_bits(0x1p18f);
    uint16_t sign = (a ^ b) & 0x8000;
    return fabsf(product) < 0x1p-126f ? (uint16_t)(sign | subnormal) : to_bf16(product);
}

#endif
