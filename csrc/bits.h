/* Floats and their bits. */
#ifndef LPU_BITS_H
#define LPU_BITS_H
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define CANONICAL_NAN 0x7FC00000u
#define SIGN_BIT 0x80000000u

static inline float as_float(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline uint32_t raw_bits(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static inline uint32_t float_bits(float value) { return value != value ? CANONICAL_NAN : raw_bits(value); }
static inline bool is_nan(uint32_t bits) { return (bits & ~SIGN_BIT) > 0x7F800000u; }

static inline double as_double(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline uint64_t double_bits(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

#endif
