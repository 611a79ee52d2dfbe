/* Numbers of about 106 bits: the unevaluated sum of two doubles, |low| at most half a unit in the last place of high.
 * Needs doubles that are rounded once to nearest and never contracted. Dekker, Numer. Math. 18 (1971); error bounds
 * from Joldes, Muller and Popescu, ACM TOMS 44 (2017): each operation is within 2^-100 of the truth, relative. */
#ifndef LPU_DOUBLE_DOUBLE_H
#define LPU_DOUBLE_DOUBLE_H
#include <math.h>

typedef struct {
    double high, low;
} dd;

static inline dd dd_of(double x) { return (dd){x, 0}; }

/* a + b exactly, for |a| >= |b| */
static inline dd fast_two_sum(double a, double b)
{
    double sum = a + b;
    return (dd){sum, b - (sum - a)};
}

/* a + b exactly */
static inline dd two_sum(double a, double b)
{
    double sum = a + b, from_b = sum - a;
    return (dd){sum, (a - (sum - from_b)) + (b - from_b)};
}

/* x as a sum of two numbers of 26 bits */
static inline dd halves(double x)
{
    double scaled = 0x1p27 * x + x, high = scaled - (scaled - x);
    return (dd){high, x - high};
}

/* a * b exactly */
static inline dd two_product(double a, double b)
{
    double product = a * b;
    dd x = halves(a), y = halves(b);
    return (dd){product, ((x.high * y.high - product) + x.high * y.low + x.low * y.high) + x.low * y.low};
}

static inline dd dd_add(dd a, dd b)
{
    dd high = two_sum(a.high, b.high), low = two_sum(a.low, b.low);
    dd sum = fast_two_sum(high.high, high.low + low.high);
    return fast_two_sum(sum.high, sum.low + low.low);
}

static inline dd dd_neg(dd a) { return (dd){-a.high, -a.low}; }
static inline dd dd_sub(dd a, dd b) { return dd_add(a, dd_neg(b)); }

static inline dd dd_mul(dd a, dd b)
{
    dd product = two_product(a.high, b.high);
    return fast_two_sum(product.high, product.low + (a.high * b.low + a.low * b.high));
}

/* A first quotient, and one more for what it leaves. */
static inline dd dd_div(dd a, dd b)
{
    double first = a.high / b.high;
    dd rest = dd_sub(a, dd_mul(b, dd_of(first)));
    return fast_two_sum(first, rest.high / b.high);
}

/* a times a power of two, exactly */
static inline dd dd_scale(dd a, double power) { return (dd){a.high * power, a.low * power}; }

#endif
