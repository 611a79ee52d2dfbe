/* Matrix products with AVX2 and FMA. */
#include "product_path.h"

#ifdef PRODUCT_X86
#include <immintrin.h>
#include "product_tile.h"

#define AVX2 __attribute__((target("avx2,fma")))

enum { HALF = PANEL / 2 }; /* columns of one vector of i32 or f32 */

/* Integers. Bytes are widened to i16, whose products vpmaddwd adds in pairs; a panel holds two rows together, column by
 * column. (vpmaddubsw would take bytes, but saturates.) ------------------------------------------------------------ */
AVX2 static __m256i widened(const uint8_t *x, bool is_signed)
{
    __m128i bytes = _mm_loadu_si128((const __m128i *)x);
    return is_signed ? _mm256_cvtepi8_epi16(bytes) : _mm256_cvtepu8_epi16(bytes);
}

AVX2 static void pack_integer(lpu_weights *w, const uint8_t *const *rows)
{
    __m256i *packed = integer_panels(w);
    for (size_t first = 0; first < w->lanes; first += PANEL)
        for (size_t k = 0; k < w->lanes; k += 2, packed += 2) {
            __m256i even = widened(rows[k] + first, w->is_signed), odd = widened(rows[k + 1] + first, w->is_signed);
            __m256i low = _mm256_unpacklo_epi16(even, odd), high = _mm256_unpackhi_epi16(even, odd);
            _mm256_store_si256(packed, _mm256_permute2x128_si256(low, high, 0x20));
            _mm256_store_si256(packed + 1, _mm256_permute2x128_si256(low, high, 0x31));
        }
}

AVX2 static void prepare_integer(const lpu_weights *w, const uint8_t *x, bool x_signed, size_t r, integer_block *b)
{
    for (size_t k = 0; k < w->lanes; k += PANEL)
        _mm256_storeu_si256((__m256i *)&b->x[r][k], widened(x + k, x_signed));
}

/* x[k], x[k+1] in every lane */
AVX2 static __m256i pair(const int16_t *x, size_t k)
{
    int32_t two;
    memcpy(&two, x + k, sizeof two);
    return _mm256_set1_epi32(two);
}

/* What the products of a vector are added to: what is where they go, or zeros, and then nothing is loaded. */
INLINE AVX2 __m256i sums_before(const integer_block *b, size_t r, size_t first)
{
    return _mm256_maskload_epi32(b->out[r] + first, _mm256_set1_epi32(b->adds ? -1 : 0));
}

INLINE AVX2 void integer_sums(const lpu_weights *w, const integer_block *b, size_t first, size_t rows)
{
    const int16_t *panel = (const int16_t *)integer_panels(w) + first * w->lanes;
    __m256i left[TILE_ROWS], right[TILE_ROWS];
    UNROLL for (size_t r = 0; r < rows; r++) {
        left[r] = sums_before(b, r, first);
        right[r] = sums_before(b, r, first + HALF);
    }
    for (size_t k = 0; k < w->lanes; k += 2, panel += 2 * PANEL) {
        __m256i w0 = _mm256_load_si256((const __m256i *)panel), w1 = _mm256_load_si256((const __m256i *)panel + 1);
        UNROLL for (size_t r = 0; r < rows; r++) {
            __m256i x = pair(b->x[r], k);
            left[r] = _mm256_add_epi32(left[r], _mm256_madd_epi16(x, w0));
            right[r] = _mm256_add_epi32(right[r], _mm256_madd_epi16(x, w1));
        }
    }
    UNROLL for (size_t r = 0; r < rows; r++) {
        _mm256_storeu_si256((__m256i *)(b->out[r] + first), left[r]);
        _mm256_storeu_si256((__m256i *)(b->out[r] + first + HALF), right[r]);
    }
}

AVX2 static void integer_tile(const lpu_weights *w, const integer_block *b, size_t first, size_t rows)
{
    switch (rows) {
#define CASE(n) case n: integer_sums(w, b, first, n); return;
        UP_TO_6(CASE)
#undef CASE
    }
}

/* Floats ----------------------------------------------------------------------------------------------------------- */
/* An f16 moved to the fields of an f32 is too small by the difference of the biases, subnormal or not. */
AVX2 static __m256 from_f16(__m256i bits)
{
    __m256i magnitude = _mm256_and_si256(bits, _mm256_set1_epi32(0x7FFF)), shifted = _mm256_slli_epi32(magnitude, 13);
    __m256i sign = _mm256_slli_epi32(_mm256_sub_epi32(bits, magnitude), 16);
    __m256i is_special = _mm256_cmpgt_epi32(magnitude, _mm256_set1_epi32(0x7BFF));
    __m256i special = _mm256_and_si256(is_special, _mm256_set1_epi32(0x7F800000));
    __m256 scaled = _mm256_mul_ps(_mm256_castsi256_ps(shifted), _mm256_set1_ps(0x1p112f));
    return _mm256_or_ps(_mm256_castsi256_ps(_mm256_or_si256(sign, special)), scaled);
}

AVX2 static __m256 from_small(const uint16_t *x, bool is_bf16)
{
    __m256i bits = _mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)x));
    return is_bf16 ? _mm256_castsi256_ps(_mm256_slli_epi32(bits, 16)) : from_f16(bits);
}

AVX2 static __m256 magnitude_of(__m256 x) { return _mm256_andnot_ps(_mm256_set1_ps(-0.0f), x); }

/* The lesser of `smallest` and the magnitude, zero not counting. */
AVX2 static __m256 smaller(__m256 smallest, __m256 magnitude)
{
    __m256 is_zero = _mm256_cmp_ps(magnitude, _mm256_setzero_ps(), _CMP_EQ_OQ);
    return _mm256_min_ps(smallest, _mm256_blendv_ps(magnitude, smallest, is_zero));
}

AVX2 static __m256d low_half(__m256 x) { return _mm256_cvtps_pd(_mm256_castps256_ps128(x)); }
AVX2 static __m256d high_half(__m256 x) { return _mm256_cvtps_pd(_mm256_extractf128_ps(x, 1)); }

/* Half a panel: HALF columns from `first`. */
AVX2 static void pack_half(lpu_weights *w, const uint16_t *rows, size_t first)
{
    float *packed = float_panels(w) + first / PANEL * PANEL * w->lanes + first % PANEL, least[HALF];
    __m256 smallest = _mm256_set1_ps(INFINITY);
    __m256d low = _mm256_setzero_pd(), high = low;
    for (size_t k = 0; k < w->lanes; k++, packed += PANEL) {
        __m256 row = from_small(rows + k * w->lanes + first, w->is_bf16), magnitude = magnitude_of(row);
        smallest = smaller(smallest, magnitude);
        low = _mm256_add_pd(low, low_half(magnitude));
        high = _mm256_add_pd(high, high_half(magnitude));
        _mm256_store_ps(packed, row);
    }
    _mm256_store_pd(column_magnitudes(w) + first, low);
    _mm256_store_pd(column_magnitudes(w) + first + HALF / 2, high);
    _mm256_storeu_ps(least, smallest);
    for (size_t n = 0; n < HALF; n++)
        column_reach(w)[first + n] = grain_of(least[n], w->is_bf16) * EXACT_RANGE;
}

static void pack_float(lpu_weights *w, const uint16_t *rows)
{
    for (size_t first = 0; first < w->lanes; first += HALF)
        pack_half(w, rows, first);
}

static magnitudes magnitudes_of(const float *peaks, const float *least, bool is_bf16)
{
    float peak = peaks[0], smallest = least[0];
    for (size_t i = 1; i < HALF; i++) {
        peak = fmaxf(peak, peaks[i]);
        smallest = fminf(smallest, least[i]);
    }
    return (magnitudes){peak, grain_of(smallest, is_bf16)};
}

AVX2 static void prepare_float(const lpu_weights *w, const uint16_t *x, size_t r, float_block *b)
{
    __m256 peak = _mm256_setzero_ps(), smallest = _mm256_set1_ps(INFINITY);
    float peaks[HALF], least[HALF];
    for (size_t k = 0; k < w->lanes; k += HALF) {
        __m256 values = from_small(x + k, w->is_bf16), magnitude = magnitude_of(values);
        peak = _mm256_max_ps(peak, magnitude);
        smallest = smaller(smallest, magnitude);
        _mm256_storeu_pd(&b->x[r][k], low_half(values));
        _mm256_storeu_pd(&b->x[r][k + HALF / 2], high_half(values));
    }
    _mm256_storeu_ps(peaks, peak);
    _mm256_storeu_ps(least, smallest);
    b->m[r] = magnitudes_of(peaks, least, w->is_bf16);
}

/* Half a panel, for all its columns' sums are in registers: 2 vectors of 4 for each row. */
INLINE AVX2 void float_sums(const lpu_weights *w, float_block *b, size_t first, size_t offset, size_t rows)
{
    const float *panel = float_panels(w) + first * w->lanes + offset;
    __m256d left[TILE_ROWS], right[TILE_ROWS];
    UNROLL for (size_t r = 0; r < rows; r++)
        left[r] = right[r] = _mm256_set1_pd(-0.0);
    for (size_t k = 0; k < w->lanes; k++, panel += PANEL) {
        __m256d w0 = _mm256_cvtps_pd(_mm_load_ps(panel)), w1 = _mm256_cvtps_pd(_mm_load_ps(panel + HALF / 2));
        UNROLL for (size_t r = 0; r < rows; r++) {
            __m256d x = _mm256_set1_pd(b->x[r][k]);
            left[r] = _mm256_fmadd_pd(x, w0, left[r]);
            right[r] = _mm256_fmadd_pd(x, w1, right[r]);
        }
    }
    UNROLL for (size_t r = 0; r < rows; r++) {
        _mm256_storeu_pd(b->sums[r] + offset, left[r]);
        _mm256_storeu_pd(b->sums[r] + offset + HALF / 2, right[r]);
    }
}

AVX2 static void half_tile(const lpu_weights *w, float_block *b, size_t first, size_t offset, size_t rows)
{
    switch (rows) {
#define CASE(n) case n: float_sums(w, b, first, offset, n); return;
        UP_TO_6(CASE)
#undef CASE
    }
}

AVX2 static void float_tile(const lpu_weights *w, float_block *b, size_t first, size_t rows)
{
    half_tile(w, b, first, 0, rows);
    half_tile(w, b, first, HALF, rows);
}

AVX2 static __m128i rounded(__m256d sum) { return _mm_castps_si128(_mm256_cvtpd_ps(sum)); }

/* The results of 4 sums; the bits of those that are not certain. */
AVX2 static uint32_t decide_quarter(__m256d sum, __m256d limit, __m256d reach, uint32_t *out)
{
    __m256d error = _mm256_mul_pd(limit, _mm256_set1_pd(ERROR_OF_LIMIT));
    __m256d magnitude = _mm256_andnot_pd(_mm256_set1_pd(-0.0), sum);
    __m256d inexact = _mm256_cmp_pd(limit, reach, _CMP_NLE_UQ);
    __m256d finite = _mm256_cmp_pd(magnitude, _mm256_set1_pd(INFINITY), _CMP_LT_OQ);
    __m128i from = rounded(_mm256_sub_pd(sum, error)), to = rounded(_mm256_add_pd(sum, error));
    __m128 nearest = _mm256_cvtpd_ps(sum), canonical = _mm_castsi128_ps(_mm_set1_epi32(PRODUCT_NAN));
    __m128 result = _mm_blendv_ps(nearest, canonical, _mm_cmpunord_ps(nearest, nearest));
    _mm_storeu_ps((float *)out, result);
    int same = _mm_movemask_ps(_mm_castsi128_ps(_mm_cmpeq_epi32(from, to)));
    return (uint32_t)(_mm256_movemask_pd(_mm256_and_pd(inexact, finite)) & ~same);
}

AVX2 static uint32_t decide(const lpu_weights *w, const float_block *b, size_t first, size_t r, uint32_t *out)
{
    __m256d peak = _mm256_set1_pd(b->m[r].peak), grain = _mm256_set1_pd(b->m[r].grain);
    uint32_t undecided = 0;
    for (size_t n = 0; n < PANEL; n += PANEL / 4) {
        __m256d limit = _mm256_mul_pd(peak, _mm256_load_pd(column_magnitudes(w) + first + n));
        __m256d reach = _mm256_mul_pd(grain, _mm256_load_pd(column_reach(w) + first + n));
        undecided |= decide_quarter(_mm256_loadu_pd(b->sums[r] + n), limit, reach, out + n) << n;
    }
    return undecided;
}

const lpu_product_path product_avx2 = {
    .name = "AVX2",
    .tile_rows = 6,
    .tile_columns = PANEL,
    .pack_integer = pack_integer,
    .pack_float = pack_float,
    .prepare_integer = prepare_integer,
    .prepare_float = prepare_float,
    .integer_tile = integer_tile,
    .float_tile = float_tile,
    .decide = decide,
};
#endif
