/* Floats to integers, rounded and saturated, and integers to floats; without branches. NaN becomes 0. */
#ifndef LPU_LANES_ROUND_H
#define LPU_LANES_ROUND_H
#include <math.h>
#include "lanes_integer.h"
#include "lanes_number.h"

/* Added to a number of moderate size, it rounds that to an integer, which then stands in the low bits of the sum. */
#define ROUNDER_float 0x1.8p23f
#define ROUNDER_double 0x1.8p52

/* The roundings, for numbers as large as the rounder can take. */
#define OF_CARRIER(F) \
    static inline F nearest_##F(F x) { return (x + ROUNDER_##F) - ROUNDER_##F; } \
    static inline F even_##F(F x) { return x; /* adding the rounder will do */ } \
    static inline F down_##F(F x) { return nearest_##F(x) - (nearest_##F(x) > x); } \
    static inline F up_##F(F x) { return nearest_##F(x) + (nearest_##F(x) < x); } \
    static inline F zero_##F(F x) { return x < 0 ? up_##F(x) : down_##F(x); }
OF_CARRIER(float)
OF_CARRIER(double)
#undef OF_CARRIER

static inline uint32_t low_bits_float(float x) { return raw_bits(x + ROUNDER_float); }
static inline uint32_t low_bits_double(double x) { return (uint32_t)double_bits(x + ROUNDER_double); }

/* X(name, type, least, greatest, carrier): every integer of the type is a number of its carrier, and one that its
 * rounder can take. */
#define FOR_TARGETS(X) \
    X(i8, int8_t, -128, 127, float) X(u8, uint8_t, 0, 255, float) \
    X(i16, int16_t, -32768, 32767, float) X(u16, uint16_t, 0, 65535, float) \
    X(i32, int32_t, -0x1p31, 0x1p31 - 1, double) X(u32, uint32_t, 0, 0x1p32 - 1, double)
#define FOR_ROUNDINGS(X, ...) X(__VA_ARGS__, even) X(__VA_ARGS__, zero) X(__VA_ARGS__, down) X(__VA_ARGS__, up)

#define ROUNDED(name, T, F, rounding) \
    static inline T to_##rounding##_##name(float x) { return (T)low_bits_##F(rounding##_##F(within_##name(x))); }
#define OF_TARGET(name, T, least, greatest, F) \
    static inline F within_##name(F x) { return x != x ? 0 : x < (F)(least) ? (F)(least) : x > (F)(greatest) ? (F)(greatest) : x; } \
    FOR_ROUNDINGS(ROUNDED, name, T, F) \
    static inline T to_##name(float x) { return to_even_##name(x); }
FOR_TARGETS(OF_TARGET)
#undef OF_TARGET
#undef ROUNDED

/* An integer as the nearest float */
#define OF_INTEGER(name, T, bits, wide) static inline float from_##name(T a) { return (float)a; }
FOR_INTEGERS(OF_INTEGER)
#undef OF_INTEGER

/* An integer as a float that rounds to a 16-bit type as the integer does. Where a float has not all its digits, the last
 * ones, far below those of the 16-bit type, become one that says whether any is set. */
static inline float sticky_u32(uint32_t a)
{
    uint32_t gathered = (a & ~0xFFu) | (uint32_t)((a & 0xFF) != 0) << 8;
    return (float)(a >> 24 ? gathered : a);
}
static inline float sticky_i32(int32_t a) { return a < 0 ? -sticky_u32(0u - (uint32_t)a) : sticky_u32((uint32_t)a); }
static inline float sticky_i8(int8_t a) { return from_i8(a); }
static inline float sticky_u8(uint8_t a) { return from_u8(a); }
static inline float sticky_i16(int16_t a) { return from_i16(a); }
static inline float sticky_u16(uint16_t a) { return from_u16(a); }

#endif
