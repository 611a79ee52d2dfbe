/* Sums in fixed point wide enough for every product (Kulisch's long accumulator), so nothing is lost. */
#include "exact_dot.h"
#include <math.h>
#include <stdbool.h>
#include <string.h>

/* Numbers are s * 2^(e - 10) with 11 bits of s, since no type has more, and -133 <= e <= 127. The accumulator
 * counts in units of the least product, 2^LEAST; the greatest sum, 2^20 * 2^256, ends below bit 562. */
enum { FRACTION_BITS = 52, BIAS = 1023, SPECIAL = 2047, SIGNIFICAND_BITS = 11 };
enum { LEAST = 2 * (-133 - (SIGNIFICAND_BITS - 1)), DIGIT_BITS = 32, DIGITS = 19 };

/* The sum of digit[i] * 2^(32 i + LEAST). A digit takes 2^31 additions of 32 bits before its carry must move on. */
typedef struct {
    int64_t digit[DIGITS];
} accumulator;

typedef struct {
    int64_t significand;
    int exponent; /* of the unit of the significand */
} number;

static number split(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    int biased = (int)(bits >> FRACTION_BITS & SPECIAL), drop = FRACTION_BITS + 1 - SIGNIFICAND_BITS;
    uint64_t fraction = bits & ((1ull << FRACTION_BITS) - 1);
    int64_t magnitude = value == 0 ? 0 : (int64_t)((fraction | 1ull << FRACTION_BITS) >> drop);
    return (number){bits >> 63 ? -magnitude : magnitude, biased - BIAS - (SIGNIFICAND_BITS - 1)};
}

static void add_product(accumulator *sum, number a, number b)
{
    int64_t product = a.significand * b.significand;
    if (product == 0)
        return;
    unsigned place = (unsigned)(a.exponent + b.exponent - LEAST);
    int64_t shifted = product * (1ll << place % DIGIT_BITS);
    sum->digit[place / DIGIT_BITS] += shifted & UINT32_MAX;
    sum->digit[place / DIGIT_BITS + 1] += shifted >> DIGIT_BITS;
}

/* Brings every digit but the last, which keeps the sign, into 0..2^32-1. */
static void carry(accumulator *sum)
{
    for (size_t i = 0; i + 1 < DIGITS; i++) {
        sum->digit[i + 1] += sum->digit[i] >> DIGIT_BITS;
        sum->digit[i] &= UINT32_MAX;
    }
}

static void negate(accumulator *sum)
{
    for (size_t i = 0; i < DIGITS; i++)
        sum->digit[i] = -sum->digit[i];
    carry(sum);
}

/* x / 2^n with the last bit set if a one was dropped: rounding that once more is rounding x once. */
static uint64_t shift_sticky(uint64_t x, unsigned n) { return x >> n | ((x & ((1ull << n) - 1)) != 0); }

/* A positive sum as a double that rounds to the same f32: its first 33 bits or more, and whether others follow. */
static double leading(const accumulator *sum)
{
    size_t top = DIGITS - 1;
    while (top > 1 && sum->digit[top] == 0)
        top--;
    uint64_t head = (uint64_t)sum->digit[top] << DIGIT_BITS | (uint64_t)sum->digit[top - 1];
    for (size_t i = 0; i + 1 < top; i++)
        head |= sum->digit[i] != 0;
    unsigned drop = head >> (FRACTION_BITS + 1) ? 64 - (FRACTION_BITS + 1) : 0;
    return ldexp((double)shift_sticky(head, drop), (int)(top - 1) * DIGIT_BITS + (int)drop + LEAST);
}

static uint32_t round_to_f32(double value)
{
    float rounded = (float)value;
    uint32_t bits;
    memcpy(&bits, &rounded, sizeof bits);
    return bits;
}

uint32_t lpu_exact_dot(const double *x, const double *y, size_t n)
{
    accumulator sum = {{0}};
    bool all_negative = true;
    for (size_t i = 0; i < n; i++) {
        add_product(&sum, split(x[i]), split(y[i]));
        all_negative &= !!signbit(x[i]) != !!signbit(y[i]);
    }
    carry(&sum);
    bool negative = sum.digit[DIGITS - 1] < 0;
    if (negative)
        negate(&sum);
    double magnitude = leading(&sum);
    return round_to_f32(negative || (magnitude == 0 && all_negative) ? -magnitude : magnitude);
}
