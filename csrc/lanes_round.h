/* Floats to integers, rounded and saturated, and integers to floats; without branches. NaN becomes 0. */
#ifndef LPU_LANES_ROUND_H
#define LPU_LANES_ROUND_H
#include <math.h>
#include "lanes_integer.h"
#include "lanes_number.h"

/* Added to a number of moderate size, it rounds that to an integer, which then stands in the low bits of the sum. */
#define ROUNDER_float 0x1.8p23f
#define ROUNDER_double 0x1.8p52

/* X(carrier, unsigned, signed, bits_of, value_of) */
#define FOR_CARRIERS(X) \
    X(float, uint32_t, int32_t, raw_bits, as_float) X(double, uint64_t, int64_t, double_bits, as_double)

/* The nearest integer, and the roundings; `even` is left to adding the rounder. limited_ is x, or `limit` with its
 * sign; NaN counts as beyond. It compares integers, of which vector instructions know the lesser. */
#define OF_CARRIER(F, U, I, bits_of, value_of) \
    static inline I integer_##F(F x) { return (I)(bits_of(x + ROUNDER_##F) - bits_of(ROUNDER_##F)); } \
    static inline F nearest_##F(F x) { return (x + ROUNDER_##F) - ROUNDER_##F; } \
    static inline F even_##F(F x) { return x; } \
    static inline F down_##F(F x) { return nearest_##F(x) - (nearest_##F(x) > x ? 1 : 0); } \
    static inline F up_##F(F x) { return nearest_##F(x) + (nearest_##F(x) < x ? 1 : 0); } \
    static inline F zero_##F(F x) { return x < 0 ? up_##F(x) : down_##F(x); } \
    static inline F limited_##F(F x, F limit) \
    { \
        U sign = bits_of(x) & bits_of((F)-0.0); \
        I magnitude = (I)(bits_of(x) ^ sign), most = (I)bits_of(limit); \
        return value_of(sign | (U)(magnitude < most ? magnitude : most)); \
    } \
    static inline I within_##F(I x, I least, I greatest) \
    { \
        I raised = x > least ? x : least; \
        return raised < greatest ? raised : greatest; \
    }
FOR_CARRIERS(OF_CARRIER)
#undef OF_CARRIER

/* X(name, type, least, greatest, carrier, beyond): the carrier's rounder can take every number up to `beyond` */
#define FOR_TARGETS(X) \
    X(i8, int8_t, INT8_MIN, INT8_MAX, float, 0x1p8f) X(u8, uint8_t, 0, UINT8_MAX, float, 0x1p8f) \
    X(i16, int16_t, INT16_MIN, INT16_MAX, float, 0x1p16f) X(u16, uint16_t, 0, UINT16_MAX, float, 0x1p16f) \
    X(i32, int32_t, INT32_MIN, INT32_MAX, double, 0x1p32) X(u32, uint32_t, 0, UINT32_MAX, double, 0x1p32)
#define FOR_ROUNDINGS(X, ...) X(__VA_ARGS__, even) X(__VA_ARGS__, zero) X(__VA_ARGS__, down) X(__VA_ARGS__, up)

#define ROUNDED(name, T, least, greatest, F, beyond, rounding) \
    static inline T to_##rounding##_##name(float x) \
    { \
        T rounded = (T)within_##F(integer_##F(rounding##_##F(limited_##F(x, beyond))), least, greatest); \
        return x != x ? 0 : rounded; \
    }
#define OF_TARGET(name, T, least, greatest, F, beyond) \
    FOR_ROUNDINGS(ROUNDED, name, T, least, greatest, F, beyond) \
    static inline T to_##name(float x) { return to_even_##name(x); }
FOR_TARGETS(OF_TARGET)
#undef OF_TARGET
#undef ROUNDED

/* An integer as the nearest float */
#define OF_INTEGER(name, T, bits, least, greatest, wide) static inline float from_##name(T a) { return (float)a; }
FOR_INTEGERS(OF_INTEGER)
#undef OF_INTEGER

/* An integer as a float that rounds to a 16-bit type as the integer does. Where a float cannot hold all its digits,
 * the last ones, far below those of the 16-bit type, become one that says whether any is set. */
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
