/* Matrix products in plain C. */
#include "product_path.h"

/* Integers: a weight is an i16, which holds both i8 and u8 -------------------------------------------------------- */
static int16_t widened(uint8_t byte, bool is_signed) { return is_signed ? (int16_t)(byte ^ 0x80) - 0x80 : byte; }

static void pack_integer(lpu_weights *w, const uint8_t *const *rows)
{
    int16_t *packed = integer_panels(w);
    for (size_t first = 0; first < w->lanes; first += PANEL)
        for (size_t k = 0; k < w->lanes; k++)
            for (size_t n = 0; n < PANEL; n++)
                *packed++ = widened(rows[k][first + n], w->is_signed);
}

static void prepare_integer(const lpu_weights *w, const uint8_t *x, bool x_signed, size_t r, integer_block *b)
{
    for (size_t k = 0; k < w->lanes; k++)
        b->x[r][k] = widened(x[k], x_signed);
}

static int32_t added(int32_t a, int32_t b) { return (int32_t)((uint32_t)a + (uint32_t)b); }

/* No sum of 512 products of bytes comes near the ends of an i32. */
static void integer_tile(const lpu_weights *w, const integer_block *b, size_t first, size_t rows)
{
    for (size_t r = 0; r < rows; r++) {
        const int16_t *weights = (const int16_t *)integer_panels(w) + first * w->lanes;
        int32_t sums[PANEL] = {0};
        for (size_t k = 0; k < w->lanes; k++, weights += PANEL)
            for (size_t n = 0; n < PANEL; n++)
                sums[n] += b->x[r][k] * weights[n];
        for (size_t n = 0; n < PANEL; n++)
            b->out[r][first + n] = added(sums[n], b->adds ? b->out[r][first + n] : 0);
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

static void prepare_float(const lpu_weights *w, const uint16_t *x, size_t r, float_block *b)
{
    float peak = 0, smallest = INFINITY;
    for (size_t k = 0; k < w->lanes; k++) {
        float value = from_small(x[k], w->is_bf16);
        b->x[r][k] = value;
        peak = fmaxf(peak, fabsf(value));
        smallest = smaller(smallest, value);
    }
    b->m[r] = (magnitudes){peak, grain_of(smallest, w->is_bf16)};
}

static void float_tile(const lpu_weights *w, float_block *b, size_t first, size_t rows)
{
    for (size_t r = 0; r < rows; r++) {
        const float *weights = float_panels(w) + first * w->lanes;
        double sums[PANEL];
        for (size_t n = 0; n < PANEL; n++)
            sums[n] = -0.0;
        for (size_t k = 0; k < w->lanes; k++, weights += PANEL)
            for (size_t n = 0; n < PANEL; n++)
                sums[n] += b->x[r][k] * weights[n];
        memcpy(b->sums[r], sums, sizeof sums);
    }
}

/* Puts the f32 of a sum in *out and tells whether it may be another. */
static bool is_uncertain(double sum, double limit, double reach, uint32_t *out)
{
    double error = limit * ERROR_OF_LIMIT;
    *out = isnan(sum) ? PRODUCT_NAN : bits_of((float)sum);
    return isfinite(sum) && !(limit <= reach) && bits_of((float)(sum - error)) != bits_of((float)(sum + error));
}

static uint32_t decide(const lpu_weights *w, const float_block *b, size_t first, size_t r, uint32_t *out)
{
    const double *magnitude = column_magnitudes(w) + first, *reach = column_reach(w) + first;
    uint32_t undecided = 0;
    for (size_t n = 0; n < PANEL; n++) {
        double limit = b->m[r].peak * magnitude[n];
        undecided |= (uint32_t)is_uncertain(b->sums[r][n], limit, b->m[r].grain * reach[n], &out[n]) << n;
    }
    return undecided;
}

const lpu_product_path product_portable = {
    .name = "portable",
    .tile_rows = TILE_ROWS,
    .tile_columns = PANEL,
    .pack_integer = pack_integer,
    .pack_float = pack_float,
    .prepare_integer = prepare_integer,
    .prepare_float = prepare_float,
    .integer_tile = integer_tile,
    .float_tile = float_tile,
    .decide = decide,
};
