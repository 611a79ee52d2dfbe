/* Conversions that are more than a cast: the 16-bit float types, by integer arithmetic, and saturation. */
#include "float.h"

enum { DOUBLE_FRACTION = 52, DOUBLE_BIAS = 1023, DOUBLE_SPECIAL = 2047 };

typedef struct {
    int fraction, bias, special; /* bits of fraction, bias and greatest number of the exponent */
} small_format;

static const small_format F16 = {10, 15, 31}, BF16 = {7, 127, 255};

double lpu_from_f16(uint32_t bits)
{
    int exponent = (int)(bits >> F16.fraction) & F16.special;
    double fraction = bits & low_bits((uint32_t)F16.fraction), sign = bits & 0x8000 ? -1.0 : 1.0;
    if (exponent == F16.special)
        return sign * (fraction != 0 ? (double)NAN : (double)INFINITY);
    if (exponent == 0)
        return sign * ldexp(fraction, 1 - F16.bias - F16.fraction);
    return sign * ldexp(fraction + (1 << F16.fraction), exponent - F16.bias - F16.fraction);
}

/* x / 2^n rounded to nearest, ties to even, for n > 0 */
static uint64_t shift_rounding(uint64_t x, unsigned n)
{
    if (n > 63)
        return 0;
    uint64_t kept = x >> n, rest = x & ((1ull << n) - 1), half = 1ull << (n - 1);
    return kept + (rest > half || (rest == half && (kept & 1)));
}

/* The bits of a double in a 16-bit format. Rounding may carry into the exponent, and that is right. */
static uint32_t to_small(double value, small_format f)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    uint32_t sign = (uint32_t)(bits >> 63) << 15, infinity = (uint32_t)f.special << f.fraction;
    int exponent = (int)(bits >> DOUBLE_FRACTION & DOUBLE_SPECIAL) - DOUBLE_BIAS + f.bias;
    uint64_t fraction = bits & ((1ull << DOUBLE_FRACTION) - 1), one = 1ull << DOUBLE_FRACTION;
    unsigned drop = (unsigned)(DOUBLE_FRACTION - f.fraction);
    if (value != value)
        return infinity | 1u << (f.fraction - 1);
    if (exponent >= f.special)
        return sign | infinity;
    if (exponent <= 0)
        return sign | (uint32_t)shift_rounding(fraction | one, drop + 1 + (unsigned)-exponent);
    return sign | (uint32_t)shift_rounding(fraction | (uint64_t)exponent << DOUBLE_FRACTION, drop);
}

uint32_t lpu_to_f16(double value) { return to_small(value, F16); }
uint32_t lpu_to_bf16(double value) { return to_small(value, BF16); }

uint32_t lpu_to_i32(double value)
{
    if (value != value)
        return 0;
    if (value <= INT32_MIN)
        return (uint32_t)INT32_MIN;
    return value >= INT32_MAX ? (uint32_t)INT32_MAX : (uint32_t)(int32_t)value;
}

uint32_t lpu_to_u32(double value)
{
    if (!(value > 0)) /* NaN too */
        return 0;
    return value >= UINT32_MAX ? UINT32_MAX : (uint32_t)value;
}
