/* Floats of three types and their bits, without branches, for loops that become vector instructions. Every value of
 * f16 and bf16 is a float; to_f16 and to_bf16 round a float to nearest, ties to even. NaN becomes the canonical one. */
#ifndef LPU_LANES_NUMBER_H
#define LPU_LANES_NUMBER_H
#include "bits.h"

#define F16_NAN 0x7E00u
#define BF16_NAN 0x7FC0u

static inline float from_f32(uint32_t bits) { return as_float(bits); }
static inline uint32_t to_f32(float x) { return float_bits(x); }

static inline float from_bf16(uint16_t bits) { return as_float((uint32_t)bits << 16); }

static inline uint16_t to_bf16(float x)
{
    uint32_t bits = raw_bits(x), rounded = (bits + 0x7FFF + (bits >> 16 & 1)) >> 16;
    return (uint16_t)(x != x ? BF16_NAN : rounded);
}

/* The exponents of a float begin 112 lower, and end 112 higher still. A subnormal is so many times 2^-24, the last
 * place of 2^-14. */
static inline float from_f16(uint16_t half)
{
    uint32_t sign = (uint32_t)(half & 0x8000) << 16, bits = (uint32_t)(half & 0x7FFF) << 13, moved = 112u << 23;
    uint32_t normal = bits + moved + (bits < 31u << 23 ? 0 : moved);
    uint32_t subnormal = raw_bits(as_float(bits + (113u << 23)) - 0x1p-14f);
    return as_float(sign | (bits < 1u << 23 ? subnormal : normal));
}

/* A subnormal is a multiple of 2^-24, the last place of 1/2: adding that rounds, and leaves it in the low bits. In
 * the others rounding may carry into the exponent, up to infinity, and that is right. */
static inline uint16_t to_f16(float x)
{
    uint32_t bits = raw_bits(x) & ~SIGN_BIT, sign = raw_bits(x) >> 16 & 0x8000;
    uint32_t normal = (bits - (112u << 23) + 0xFFF + (bits >> 13 & 1)) >> 13;
    uint32_t subnormal = raw_bits(as_float(bits) + 0.5f) - raw_bits(0.5f);
    uint32_t limited = normal < 0x7C00 ? normal : 0x7C00;
    uint32_t number = bits < raw_bits(0x1p-14f) ? subnormal : limited;
    return (uint16_t)(x != x ? F16_NAN : sign | number);
}

#endif
