/* Matrix products with AVX-512 and its dot products of bytes (VNNI). */
#include "product_path.h"

#ifdef PRODUCT_X86
#include <immintrin.h>
#include "product_tile.h"

#define AVX512 __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,avx512vnni")))

enum { STEP = 4 }; /* bytes that one lane of 32 bits multiplies */

/* Integers. VNNI multiplies u8 by i8, so weights become u8, x' = x + 128 where they are i8, and activations i8:
 *     sum x w = sum x' w' + 128 [x unsigned] sum w' - 128 [w signed] sum x
 * with w' = w + 128 [w signed], x' = x - 128 [x unsigned]. A panel holds STEP rows together, column by column. ----- */

/* 16 columns from `first` on of STEP rows, interleaved. */
AVX512 static __m512i interleaved(const uint8_t *const *rows, size_t first)
{
    const __m512i fours = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    const __m512i bytes = _mm512_set4_epi32(0x0F0B0703, 0x0E0A0602, 0x0D090501, 0x0C080400);
    __m512i four = _mm512_castsi128_si512(_mm_loadu_si128((const __m128i *)(rows[0] + first)));
    four = _mm512_inserti32x4(four, _mm_loadu_si128((const __m128i *)(rows[1] + first)), 1);
    four = _mm512_inserti32x4(four, _mm_loadu_si128((const __m128i *)(rows[2] + first)), 2);
    four = _mm512_inserti32x4(four, _mm_loadu_si128((const __m128i *)(rows[3] + first)), 3);
    return _mm512_shuffle_epi8(_mm512_permutexvar_epi32(fours, four), bytes);
}

/* Row by row, as they lie in memory. */
AVX512 static void pack_integer(lpu_weights *w, const uint8_t *const *rows)
{
    __m512i flip = _mm512_set1_epi8(w->is_signed ? (char)0x80 : 0), ones = _mm512_set1_epi8(1);
    int32_t *sums = column_sums(w);
    memset(sums, 0, w->lanes * sizeof *sums);
    for (size_t k = 0; k < w->lanes; k += STEP) {
        uint8_t *packed = (uint8_t *)integer_panels(w) + k * PANEL;
        for (size_t first = 0; first < w->lanes; first += PANEL, packed += w->lanes * PANEL) {
            __m512i four = _mm512_xor_si512(interleaved(rows + k, first), flip);
            _mm512_store_si512(packed, four);
            _mm512_store_si512(sums + first, _mm512_dpbusd_epi32(_mm512_load_si512(sums + first), four, ones));
        }
    }
}

AVX512 static void prepare_integer(const lpu_weights *w, const uint8_t *x, bool x_signed, size_t r, integer_block *b)
{
    __m128i half = _mm_set1_epi8((char)0x80), to_unsigned = x_signed ? half : _mm_setzero_si128();
    __m128i sum = _mm_setzero_si128();
    for (size_t k = 0; k < w->lanes; k += PANEL) {
        __m128i u = _mm_xor_si128(_mm_loadu_si128((const __m128i *)(x + k)), to_unsigned);
        sum = _mm_add_epi64(sum, _mm_sad_epu8(u, _mm_setzero_si128()));
        _mm_storeu_si128((__m128i *)((char *)b->x[r] + k), _mm_xor_si128(u, half));
    }
    int64_t of_unsigned = _mm_cvtsi128_si64(sum) + _mm_extract_epi64(sum, 1);
    int64_t total = of_unsigned - (x_signed ? 128 * (int64_t)w->lanes : 0);
    b->start[r] = w->is_signed ? (int32_t)(-128 * total) : 0;
    b->column_factor = x_signed ? 0 : 128;
}

/* x[k..k+3] in every lane */
AVX512 static __m512i four_bytes(const int16_t *x, size_t k)
{
    int32_t four;
    memcpy(&four, (const char *)x + k, sizeof four);
    return _mm512_set1_epi32(four);
}

/* To where the results go, on top of what is there if they are added: else nothing is loaded. */
INLINE AVX512 void store_integers(const lpu_weights *w, const integer_block *b, size_t first, size_t rows,
                                  const __m512i *sums)
{
    __mmask16 adds = b->adds ? 0xFFFF : 0;
    __m512i sum = _mm512_load_si512(column_sums(w) + first);
    __m512i column = _mm512_mullo_epi32(_mm512_set1_epi32(b->column_factor), sum);
    UNROLL for (size_t r = 0; r < rows; r++) {
        int32_t *out = b->out[r] + first;
        __m512i before = _mm512_maskz_loadu_epi32(adds, out);
        _mm512_storeu_si512(out, _mm512_add_epi32(before, _mm512_add_epi32(sums[r], column)));
    }
}

INLINE AVX512 void integer_sums(const lpu_weights *w, const integer_block *b, size_t first, size_t rows)
{
    const uint8_t *panel = (const uint8_t *)integer_panels(w) + first * w->lanes, *next = panel + PANEL * w->lanes;
    __m512i left[TILE_ROWS], right[TILE_ROWS];
    UNROLL for (size_t r = 0; r < rows; r++)
        left[r] = right[r] = _mm512_set1_epi32(b->start[r]);
    for (size_t k = 0; k < w->lanes; k += STEP) {
        __m512i w0 = _mm512_load_si512(panel + k * PANEL), w1 = _mm512_load_si512(next + k * PANEL);
        UNROLL for (size_t r = 0; r < rows; r++) {
            __m512i x = four_bytes(b->x[r], k);
            left[r] = _mm512_dpbusd_epi32(left[r], w0, x);
            right[r] = _mm512_dpbusd_epi32(right[r], w1, x);
        }
    }
    store_integers(w, b, first, rows, left);
    if (first + PANEL < w->lanes)
        store_integers(w, b, first + PANEL, rows, right);
}

AVX512 static void integer_tile(const lpu_weights *w, const integer_block *b, size_t first, size_t rows)
{
    switch (rows) {
#define CASE(n) case n: integer_sums(w, b, first, n); return;
        UP_TO_12(CASE)
#undef CASE
    }
}

/* Floats ----------------------------------------------------------------------------------------------------------- */
AVX512 static __m512 widened(const uint16_t *x, bool is_bf16)
{
    __m256i bits = _mm256_loadu_si256((const __m256i *)x);
    if (is_bf16)
        return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(bits), 16));
    return _mm512_cvtph_ps(bits);
}

/* The lesser of `smallest` and |value|, zero not counting. */
AVX512 static __m512 smaller(__m512 smallest, __m512 value)
{
    __m512 magnitude = _mm512_abs_ps(value);
    __mmask16 counts = _mm512_cmp_ps_mask(magnitude, _mm512_setzero_ps(), _CMP_NEQ_UQ);
    return _mm512_mask_min_ps(smallest, counts, smallest, magnitude);
}

AVX512 static __m512d low_half(__m512 x) { return _mm512_cvtps_pd(_mm512_castps512_ps256(x)); }
AVX512 static __m512d high_half(__m512 x) { return _mm512_cvtps_pd(_mm512_extractf32x8_ps(x, 1)); }

AVX512 static void pack_panel(lpu_weights *w, const uint16_t *rows, size_t first)
{
    float *packed = float_panels(w) + first * w->lanes, least[PANEL];
    __m512 smallest = _mm512_set1_ps(INFINITY);
    __m512d low = _mm512_setzero_pd(), high = low;
    for (size_t k = 0; k < w->lanes; k++, packed += PANEL) {
        __m512 row = widened(rows + k * w->lanes + first, w->is_bf16), magnitude = _mm512_abs_ps(row);
        smallest = smaller(smallest, row);
        low = _mm512_add_pd(low, low_half(magnitude));
        high = _mm512_add_pd(high, high_half(magnitude));
        _mm512_store_ps(packed, row);
    }
    _mm512_storeu_pd(column_magnitudes(w) + first, low);
    _mm512_storeu_pd(column_magnitudes(w) + first + PANEL / 2, high);
    _mm512_storeu_ps(least, smallest);
    for (size_t n = 0; n < PANEL; n++)
        column_reach(w)[first + n] = grain_of(least[n], w->is_bf16) * EXACT_RANGE;
}

static void pack_float(lpu_weights *w, const uint16_t *rows)
{
    for (size_t first = 0; first < w->lanes; first += PANEL)
        pack_panel(w, rows, first);
}

AVX512 static void prepare_float(const lpu_weights *w, const uint16_t *x, size_t r, float_block *b)
{
    __m512 peak = _mm512_setzero_ps(), smallest = _mm512_set1_ps(INFINITY);
    for (size_t k = 0; k < w->lanes; k += PANEL) {
        __m512 values = widened(x + k, w->is_bf16);
        peak = _mm512_max_ps(peak, _mm512_abs_ps(values));
        smallest = smaller(smallest, values);
        _mm512_storeu_pd(&b->x[r][k], low_half(values));
        _mm512_storeu_pd(&b->x[r][k + PANEL / 2], high_half(values));
    }
    b->m[r] = (magnitudes){_mm512_reduce_max_ps(peak), grain_of(_mm512_reduce_min_ps(smallest), w->is_bf16)};
}

INLINE AVX512 void float_sums(const lpu_weights *w, float_block *b, size_t first, size_t rows)
{
    const float *panel = float_panels(w) + first * w->lanes;
    __m512d left[TILE_ROWS], right[TILE_ROWS];
    UNROLL for (size_t r = 0; r < rows; r++)
        left[r] = right[r] = _mm512_set1_pd(-0.0);
    for (size_t k = 0; k < w->lanes; k++, panel += PANEL) {
        __m512d w0 = _mm512_cvtps_pd(_mm256_load_ps(panel)), w1 = _mm512_cvtps_pd(_mm256_load_ps(panel + PANEL / 2));
        UNROLL for (size_t r = 0; r < rows; r++) {
            __m512d x = _mm512_set1_pd(b->x[r][k]);
            left[r] = _mm512_fmadd_pd(x, w0, left[r]);
            right[r] = _mm512_fmadd_pd(x, w1, right[r]);
        }
    }
    UNROLL for (size_t r = 0; r < rows; r++) {
        _mm512_storeu_pd(b->sums[r], left[r]);
        _mm512_storeu_pd(b->sums[r] + PANEL / 2, right[r]);
    }
}

AVX512 static void float_tile(const lpu_weights *w, float_block *b, size_t first, size_t rows)
{
    switch (rows) {
#define CASE(n) case n: float_sums(w, b, first, n); return;
        UP_TO_12(CASE)
#undef CASE
    }
}

/* The bits of the f32 nearest to each sum */
AVX512 static __m256i rounded(__m512d sum) { return _mm256_castps_si256(_mm512_cvtpd_ps(sum)); }

/* The results of 8 sums; the bits of those that are not certain. */
AVX512 static uint32_t decide_half(__m512d sum, __m512d limit, __m512d reach, uint32_t *out)
{
    __m512d error = _mm512_mul_pd(limit, _mm512_set1_pd(ERROR_OF_LIMIT));
    __mmask8 inexact = _mm512_cmp_pd_mask(limit, reach, _CMP_NLE_UQ);
    __mmask8 finite = _mm512_cmp_pd_mask(_mm512_abs_pd(sum), _mm512_set1_pd(INFINITY), _CMP_LT_OQ);
    __mmask8 nan = _mm512_cmp_pd_mask(sum, sum, _CMP_UNORD_Q);
    __m256i from = rounded(_mm512_sub_pd(sum, error)), to = rounded(_mm512_add_pd(sum, error));
    _mm256_storeu_si256((__m256i *)out, _mm256_mask_set1_epi32(rounded(sum), nan, PRODUCT_NAN));
    return inexact & finite & _mm256_cmpneq_epi32_mask(from, to);
}

AVX512 static uint32_t decide(const lpu_weights *w, const float_block *b, size_t first, size_t r, uint32_t *out)
{
    __m512d peak = _mm512_set1_pd(b->m[r].peak), grain = _mm512_set1_pd(b->m[r].grain);
    uint32_t undecided = 0;
    for (size_t n = 0; n < PANEL; n += PANEL / 2) {
        __m512d limit = _mm512_mul_pd(peak, _mm512_load_pd(column_magnitudes(w) + first + n));
        __m512d reach = _mm512_mul_pd(grain, _mm512_load_pd(column_reach(w) + first + n));
        undecided |= decide_half(_mm512_loadu_pd(b->sums[r] + n), limit, reach, out + n) << n;
    }
    return undecided;
}

const lpu_product_path product_avx512 = {
    .name = "AVX-512 VNNI",
    .tile_rows = 12,
    .tile_columns = 2 * PANEL,
    .pack_integer = pack_integer,
    .pack_float = pack_float,
    .prepare_integer = prepare_integer,
    .prepare_float = prepare_float,
    .integer_tile = integer_tile,
    .float_tile = float_tile,
    .decide = decide,
};
#endif
