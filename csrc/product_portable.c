/* Matrix products in plain C. */
#include "product_path.h"

/* Integers: a weight is an i16, which holds both i8 and u8 -------------------------------------------------------- */
static int16_t widened(uint8_t byte, bool is_signed) { return is_signed ? (int16_t)(byte ^ 0x80) - 0x80 : byte; }

static void pack_integer(lpu_weights *w, const uint8_t *rows)
{
    int16_t *packed = integer_panels(w);
    for (size_t first = 0; first < w->lanes; first += PANEL)
        for (size_t k = 0; k < w->lanes; k++)
            for (size_t n = 0; n < PANEL; n++)
                *packed++ = widened(rows[k * w->lanes + first + n], w->is_signed);
}

/* One activation vector by one panel. No sum of 512 products of bytes is near the ends of an i32. */
static void integer_panel(const int16_t *panel, const int16_t *x, size_t lanes, int32_t *out)
{
    int32_t sums[PANEL] = {0};
    for (size_t k = 0; k < lanes; k++, panel += PANEL)
        for (size_t n = 0; n < PANEL; n++)
            sums[n] += x[k] * panel[n];
    memcpy(out, sums, sizeof sums);
}

static void integer(const lpu_weights *w, const uint8_t *x, bool x_signed, size_t count, int32_t *out)
{
    const int16_t *panels = integer_panels(w);
    for (; count > 0; count--, x += w->lanes, out += w->lanes) {
        int16_t wide[PRODUCT_MAX_LANES];
        for (size_t k = 0; k < w->lanes; k++)
            wide[k] = widened(x[k], x_signed);
        for (size_t first = 0; first < w->lanes; first += PANEL)
            integer_panel(panels + first * w->lanes, wide, w->lanes, out + first);
    }
}

/* Floats --------------------------------------------------------------------------------------------------------- */
static float float_of(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static uint32_t bits_of(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* An f16 moved to the fields of an f32 is too small by the difference of the biases, subnormal or not. */
static float from_f16(uint32_t bits)
{
    uint32_t sign = (bits & 0x8000) << 16, magnitude = (bits & 0x7FFF) << 13;
    if ((bits & 0x7C00) == 0x7C00)
        return float_of(sign | magnitude | 0x7F800000u);
    return float_of(sign | bits_of(float_of(magnitude) * 0x1p112f));
}

static float from_small(uint32_t bits, bool is_bf16) { return is_bf16 ? float_of(bits << 16) : from_f16(bits); }

/* The lesser of `smallest` and |value|, zero not counting. */
static float smaller(float smallest, float value)
{
    float magnitude = fabsf(value);
    return magnitude != 0 && magnitude < smallest ? magnitude : smallest;
}

static void pack_column(lpu_weights *w, const uint16_t *rows, size_t n)
{
    float *packed = float_panels(w) + n / PANEL * PANEL * w->lanes + n % PANEL, smallest = INFINITY;
    double sum = 0;
    for (size_t k = 0; k < w->lanes; k++) {
        float value = packed[k * PANEL] = from_small(rows[k * w->lanes + n], w->is_bf16);
        smallest = smaller(smallest, value);
        sum += fabsf(value);
    }
    column_magnitudes(w)[n] = sum;
    column_reach(w)[n] = grain_of(smallest, w->is_bf16) * EXACT_RANGE;
}

static void pack_float(lpu_weights *w, const uint16_t *rows)
{
    for (size_t n = 0; n < w->lanes; n++)
        pack_column(w, rows, n);
}

static magnitudes prepare(const lpu_weights *w, const uint16_t *x, double *wide)
{
    float peak = 0, smallest = INFINITY;
    for (size_t k = 0; k < w->lanes; k++) {
        float value = from_small(x[k], w->is_bf16);
        wide[k] = value;
        peak = fmaxf(peak, fabsf(value));
        smallest = smaller(smallest, value);
    }
    return (magnitudes){peak, grain_of(smallest, w->is_bf16)};
}

/* Puts the f32 of a sum in *out and tells whether it is certain. */
static bool decide(double sum, double limit, double reach, uint32_t *out)
{
    double error = limit <= reach ? 0 : limit * ERROR_OF_LIMIT;
    *out = isnan(sum) ? PRODUCT_NAN : bits_of((float)sum);
    return error == 0 || !isfinite(sum) || bits_of((float)(sum - error)) == bits_of((float)(sum + error));
}

/* One activation vector by the panel of column `first`; gives the columns that are not certain, as bits. */
static uint32_t float_panel(const lpu_weights *w, const double *x, magnitudes m, size_t first, uint32_t *out)
{
    const float *panel = float_panels(w) + first * w->lanes;
    const double *magnitude = column_magnitudes(w) + first, *reach = column_reach(w) + first;
    double sums[PANEL];
    uint32_t undecided = 0;
    for (size_t n = 0; n < PANEL; n++)
        sums[n] = -0.0;
    for (size_t k = 0; k < w->lanes; k++, panel += PANEL)
        for (size_t n = 0; n < PANEL; n++)
            sums[n] += x[k] * panel[n];
    for (size_t n = 0; n < PANEL; n++)
        undecided |= (uint32_t)!decide(sums[n], m.peak * magnitude[n], m.grain * reach[n], &out[n]) << n;
    return undecided;
}

static void floats(const lpu_weights *w, const uint16_t *x, size_t count, uint32_t *out)
{
    for (; count > 0; count--, x += w->lanes, out += w->lanes) {
        double wide[PRODUCT_MAX_LANES];
        magnitudes m = prepare(w, x, wide);
        for (size_t first = 0; first < w->lanes; first += PANEL)
            product_settle(w, wide, first, float_panel(w, wide, m, first, out + first), out);
    }
}

const lpu_product_path product_portable = {"portable", pack_integer, integer, pack_float, floats};
