/* F0 F1: f32 arithmetic and conversions, on bits. Results are IEEE 754, rounded once to nearest even; every NaN
 * that leaves is the canonical one. Conversions go through double, in which every value of every type is exact. */
#ifndef LPU_FLOAT_H
#define LPU_FLOAT_H
#include <math.h>
#include "bits.h"
#include "integer.h"

OP(add_f32)  { UNUSED(c), UNUSED(k); return float_bits(as_float(a) + as_float(b)); }
OP(sub_f32)  { UNUSED(c), UNUSED(k); return float_bits(as_float(a) - as_float(b)); }
OP(mul_f32)  { UNUSED(c), UNUSED(k); return float_bits(as_float(a) * as_float(b)); }
OP(div_f32)  { UNUSED(c), UNUSED(k); return float_bits(as_float(a) / as_float(b)); }
OP(fma_f32)  { UNUSED(k); return float_bits(fmaf(as_float(a), as_float(b), as_float(c))); }
OP(sqrt_f32) { UNUSED(b), UNUSED(c), UNUSED(k); return float_bits(sqrtf(as_float(a))); }
OP(neg_f32)  { UNUSED(b), UNUSED(c), UNUSED(k); return is_nan(a) ? CANONICAL_NAN : a ^ SIGN_BIT; }
OP(abs_f32)  { UNUSED(b), UNUSED(c), UNUSED(k); return is_nan(a) ? CANONICAL_NAN : a & ~SIGN_BIT; }

/* Bits in the order of the values they stand for, -0 below +0. */
static inline uint32_t ordered(uint32_t bits) { return bits >> 31 ? ~bits : bits | SIGN_BIT; }

OP(min_f32)
{
    UNUSED(c), UNUSED(k);
    if (is_nan(a) || is_nan(b))
        return CANONICAL_NAN;
    return ordered(a) < ordered(b) ? a : b;
}

OP(max_f32)
{
    UNUSED(c), UNUSED(k);
    if (is_nan(a) || is_nan(b))
        return CANONICAL_NAN;
    return ordered(a) > ordered(b) ? a : b;
}

OP(cmp_f32)
{
    UNUSED(c), UNUSED(k);
    if (is_nan(a) || is_nan(b))
        return LPU_CC_UN;
    uint32_t equal = as_float(a) == as_float(b), less = as_float(a) < as_float(b);
    return equal * LPU_CC_EQ | less * (LPU_CC_LT | LPU_CC_LTU);
}

/* float.c: a register's value as a number, and a number as the bits of a register */
double lpu_from_f16(uint32_t bits);
uint32_t lpu_to_f16(double value);
uint32_t lpu_to_bf16(double value);
uint32_t lpu_to_i32(double value);
uint32_t lpu_to_u32(double value);

static inline double from_i32(uint32_t bits) { return as_signed(bits); }
static inline double from_u32(uint32_t bits) { return bits; }
static inline double from_f32(uint32_t bits) { return (double)as_float(bits); }
static inline double from_f16(uint32_t bits) { return lpu_from_f16(bits); }
static inline double from_bf16(uint32_t bits) { return (double)as_float(bits << 16); }
static inline uint32_t to_i32(double value) { return lpu_to_i32(rint(value)); }
static inline uint32_t to_u32(double value) { return lpu_to_u32(rint(value)); }
static inline uint32_t to_f32(double value) { return float_bits((float)value); }
static inline uint32_t to_f16(double value) { return lpu_to_f16(value); }
static inline uint32_t to_bf16(double value) { return lpu_to_bf16(value); }

#define CONVERT(to, from) OP(cvt_##to##_##from) { UNUSED(b), UNUSED(c), UNUSED(k); return to_##to(from_##from(a)); }
CONVERT(i32, u32)  CONVERT(i32, f32)  CONVERT(i32, f16)  CONVERT(i32, bf16)
CONVERT(u32, i32)  CONVERT(u32, f32)  CONVERT(u32, f16)  CONVERT(u32, bf16)
CONVERT(f32, i32)  CONVERT(f32, u32)  CONVERT(f32, f16)  CONVERT(f32, bf16)
CONVERT(f16, i32)  CONVERT(f16, u32)  CONVERT(f16, f32)  CONVERT(f16, bf16)
CONVERT(bf16, i32) CONVERT(bf16, u32) CONVERT(bf16, f32) CONVERT(bf16, f16)
#undef CONVERT

OP(cvtz_i32_f32) { UNUSED(b), UNUSED(c), UNUSED(k); return lpu_to_i32(from_f32(a)); }
OP(cvtz_u32_f32) { UNUSED(b), UNUSED(c), UNUSED(k); return lpu_to_u32(from_f32(a)); }

#endif
