/* The special functions, correctly rounded: Ziv's strategy, ACM TOMS 17 (1991).
 *
 * A fast estimate in double is within BOUND of the truth. Where both ends of that interval round to one f32, that
 * is the result. The few other inputs, at most 800 of the 2^32 of any function, are estimated again as a
 * double-double, within 2^-90. That decides: the truth is never nearer to the border of two f32 than 2^-77, at
 * sigmoid(-2^-24), but where it lies on the border, at 2^-150, and there the arithmetic is exact.
 *
 * Nothing here but + - * / and sqrt, so the bits are the same everywhere: where a processor fuses multiplications and
 * additions of an estimate, that is as near to the truth. Estimates have no branches: many lanes are computed at once,
 * with vector instructions where there are any. */
#include "special.h"
#include <math.h>
#include "bits.h"
#include "double_double.h"
#include "lanes_loop.h"

enum { SMALL_BLOCK = 16, MOST_AT_ONCE = 512 }; /* lanes */

/* Relative. The roundings of the longest estimate sum up to less than half of it; 2^-51.4 is the worst that occurs. */
static const double BOUND = 0x1p-47;
/* Beyond, e^t and 2^t are infinite or 0 in f32, sigmoid is 1 or 0, and tanh(t / 2) is 1 or -1. */
static const double EXP_LIMIT = 105, EXP2_LIMIT = 151;

static const double LOG2_E = 0x1.71547652b82fep+0;
static const dd LN2 = {0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56};
/* ln 2 again, its first part with zeros below 2^-41, so that a small integer times it is exact */
static const double LN2_HEAD = 0x1.62e42fefa3p-1, LN2_TAIL = 0x1.3de6af278ece6p-42;
/* Added and subtracted, rounds to an integer, which meanwhile stands in the low bits of the sum. */
static const double ROUNDER = 0x1.8p52;
static const uint64_t ONE = 0x3FF0000000000000u, SQRT_HALF = 0x3FE6A09E667F3BCDu; /* the bits of doubles */

typedef dd slow_estimate(double);
typedef void ends_function(uint32_t *restrict low, uint32_t *restrict high, const uint32_t *restrict a, size_t lanes);

/* Powers: e^t = 2^k (1 + rest), with t = k ln 2 + r and rest = e^r - 1 --------------------------------------- */
typedef struct {
    double power, rest;
} split;

typedef struct {
    double power;
    dd rest;
} dd_split;

/* NaN stays NaN. */
static inline double clamp(double x, double limit) { return x < -limit ? -limit : x > limit ? limit : x; }

/* 2^k for a k that was added to ROUNDER */
static inline double power_of_two(double shifted) { return as_double((double_bits(shifted) + 1023) << 52); }

/* e^r - 1 for |r| <= ln(2) / 2: Taylor's series, cut off below 2^-57 */
static inline double expm1_series(double r)
{
    double a = 1.0 / 5040 + r * (1.0 / 40320 + r * (1.0 / 362880 + r * (1.0 / 3628800 + r * (1.0 / 39916800
               + r * (1.0 / 479001600 + r * (1.0 / 6227020800))))));
    return r + r * r * (1.0 / 2 + r * (1.0 / 6 + r * (1.0 / 24 + r * (1.0 / 120 + r * (1.0 / 720 + r * a)))));
}

/* Any t: beyond the limit it counts as the limit. */
static inline split exp_split(double t)
{
    t = clamp(t, EXP_LIMIT);
    double shifted = t * LOG2_E + ROUNDER, k = shifted - ROUNDER;
    return (split){power_of_two(shifted), expm1_series(t - k * LN2_HEAD - k * LN2_TAIL)};
}

static dd dd_expm1_series(dd r)
{
    dd sum = {0, 0};
    for (int n = 28; n > 0; n--)
        sum = dd_div(dd_mul(r, dd_add(dd_of(1), sum)), dd_of(n));
    return sum;
}

static dd_split dd_exp_split(double t)
{
    double shifted = t * LOG2_E + ROUNDER, k = shifted - ROUNDER;
    dd r = dd_sub(dd_of(t), dd_mul(dd_of(k), LN2));
    return (dd_split){power_of_two(shifted), dd_expm1_series(r)};
}

static inline double fast_exp(double x)
{
    split e = exp_split(x);
    return e.power + e.power * e.rest;
}

static dd slow_exp(double x)
{
    dd_split e = dd_exp_split(x);
    return dd_scale(dd_add(dd_of(1), e.rest), e.power);
}

static inline double fast_exp2(double x)
{
    x = clamp(x, EXP2_LIMIT);
    double shifted = x + ROUNDER, power = power_of_two(shifted);
    return power + power * expm1_series((x - (shifted - ROUNDER)) * LN2.high);
}

static dd slow_exp2(double x)
{
    double shifted = x + ROUNDER, fraction = x - (shifted - ROUNDER);
    dd rest = dd_expm1_series(dd_mul(dd_of(fraction), LN2));
    return dd_scale(dd_add(dd_of(1), rest), power_of_two(shifted));
}

/* tanh x = (e^2x - 1) / (e^2x + 1); for small x, power - 1 is 0 and nothing cancels. */
static inline double fast_tanh(double x)
{
    split e = exp_split(2 * x);
    double less_one = (e.power - 1) + e.power * e.rest;
    return copysign(less_one / (less_one + 2), x);
}

static dd slow_tanh(double x)
{
    dd_split e = dd_exp_split(2 * x);
    dd less_one = dd_add(two_sum(e.power, -1), dd_scale(e.rest, e.power));
    return dd_div(less_one, dd_add(less_one, dd_of(2)));
}

static inline double fast_sigmoid(double x) { return 1 / (1 + fast_exp(-x)); }
static dd slow_sigmoid(double x) { return dd_div(dd_of(1), dd_add(dd_of(1), slow_exp(-x))); }

/* Logarithm: x = 2^e m, m from sqrt(1/2) to sqrt(2); ln m = 2 atanh s, s = (m - 1) / (m + 1), |s| < 0.172 ------ */
typedef struct {
    double exponent, significand;
} parts;

static inline parts parts_of(double x)
{
    uint64_t bits = double_bits(x), biased = (bits + (ONE - SQRT_HALF)) >> 52;
    return (parts){as_double(double_bits(ROUNDER) + biased) - ROUNDER - 1023, as_double(bits - (biased << 52) + ONE)};
}

/* log2(m), the series cut off below 2^-54 of its first term */
static inline double log2_series(double m)
{
    double s = (m - 1) / (m + 1), z = s * s;
    double a = 1.0 / 9 + z * (1.0 / 11 + z * (1.0 / 13 + z * (1.0 / 15 + z * (1.0 / 17 + z * (1.0 / 19)))));
    return 2 * LOG2_E * (s + s * z * (1.0 / 3 + z * (1.0 / 5 + z * (1.0 / 7 + z * a))));
}

static inline double fast_log2(double x)
{
    parts p = parts_of(x);
    double inside = p.exponent + log2_series(p.significand);
    double outside = x == 0 ? -(double)INFINITY : x < 0 ? (double)NAN : x; /* +inf and NaN are their own logarithms */
    return x > 0 && x < (double)INFINITY ? inside : outside;
}

static dd slow_log2(double x)
{
    parts p = parts_of(x);
    dd s = dd_div(two_sum(p.significand, -1), two_sum(p.significand, 1)), square = dd_mul(s, s), sum = {0, 0};
    for (int n = 43; n > 0; n -= 2)
        sum = dd_add(dd_div(dd_of(1), dd_of(n)), dd_mul(square, sum));
    return dd_add(dd_of(p.exponent), dd_div(dd_scale(dd_mul(s, sum), 2), LN2));
}

/* Roots ------------------------------------------------------------------------------------------------------- */
/* Out of a float's root, within 2^-22, by one step of third order: y + y (h / 2 + 3 h^2 / 8), h = 1 - x y y. Where the
 * root is 0 or infinite that is NaN. */
static inline double fast_rsqrt(double x)
{
    double y = (double)(1 / sqrtf((float)x)), h = 1 - x * y * y;
    double refined = y + y * (h * (0.5 + h * 0.375));
    return refined == refined ? refined : y;
}

/* One step of Newton's: y + y (1 - x y y) / 2, of which only the small term is rounded. */
static dd slow_rsqrt(double x)
{
    double y = fast_rsqrt(x);
    dd square = two_product(y, y), left = dd_sub(dd_of(1), dd_mul(dd_of(x), square));
    return fast_two_sum(y, y * left.high / 2);
}

/* Rounding -------------------------------------------------------------------------------------------------- */
/* Rounded to odd first, toward the low part: the second rounding then errs as little as one alone. Boldo and
 * Melquiond, IEEE TC 57 (2008). */
static uint32_t round_once(dd value)
{
    uint64_t bits = double_bits(value.high);
    if (value.low != 0 && !(bits & 1))
        bits += (value.low > 0) == (value.high > 0) ? 1 : -(uint64_t)1;
    return float_bits((float)as_double(bits));
}

/* Both ends of the interval that holds the truth, rounded, for each lane. */
#define ESTIMATED(name) \
    LPU_CLONES static void name##_ends(uint32_t *restrict low, uint32_t *restrict high, const uint32_t *restrict a, \
                                       size_t lanes) \
    { \
        EACH_LANE_BY(SMALL_BLOCK, l, { \
            double y = fast_##name((double)as_float(a[l])); \
            low[l] = float_bits((float)(y * (1 - BOUND))); \
            high[l] = float_bits((float)(y * (1 + BOUND))); \
        }); \
    } \
    void lpu_##name##_lanes(uint32_t *restrict d, const uint32_t *restrict a, const uint32_t *restrict b, size_t lanes) \
    { \
        (void)b; \
        all_lanes(name##_ends, slow_##name, d, a, lanes); \
    }
/* What IEEE 754 itself defines to be correctly rounded */
#define EXACT(name, result) \
    LPU_CLONES void lpu_##name##_lanes(uint32_t *restrict d, const uint32_t *restrict a, const uint32_t *restrict b, \
                                       size_t lanes) \
    { \
        (void)b; \
        EACH_LANE(l, d[l] = float_bits(result)); \
    }

/* Decide the lanes that the estimate leaves open: `low` becomes the result. */
static void settle(slow_estimate *slow, const uint32_t *a, uint32_t *low, const uint32_t *high, size_t lanes)
{
    for (size_t l = 0; l < lanes; l++)
        if (low[l] != high[l])
            low[l] = round_once(slow((double)as_float(a[l])));
}

static void all_lanes(ends_function *ends, slow_estimate *slow, uint32_t *d, const uint32_t *a, size_t lanes)
{
    uint32_t high[MOST_AT_ONCE];
    for (size_t start = 0; start < lanes; start += MOST_AT_ONCE) {
        size_t count = lanes - start < MOST_AT_ONCE ? lanes - start : MOST_AT_ONCE;
        ends(d + start, high, a + start, count);
        if (memcmp(d + start, high, count * sizeof *d) != 0)
            settle(slow, a + start, d + start, high, count);
    }
}

/* The bound has room for multiplications and additions that are fused, and for those that are not. */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC push_options
#pragma GCC optimize("fp-contract=fast")
#endif
ESTIMATED(exp) ESTIMATED(exp2) ESTIMATED(log2) ESTIMATED(tanh) ESTIMATED(sigmoid) ESTIMATED(rsqrt)
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC pop_options
#endif

EXACT(recip, 1 / as_float(a[l])) EXACT(sqrt, sqrtf(as_float(a[l]))) EXACT(div, as_float(a[l]) / as_float(b[l]))
