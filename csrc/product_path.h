/* What the ways to multiply (product_portable.c, product_avx2.c, product_avx512.c) and their driver, product.c, share.
 *
 * Weights stand in panels of 16 columns, each panel from its first row to its last, so that a tile of a few activation
 * vectors by one or two panels is a pass over consecutive memory with the sums in registers.
 *
 * A float sum is taken in double, where each product is exact (11 + 11 bits of significand at most), in the order
 * of k, starting at -0: so a sum of nothing but -0 is -0, and any other exact zero +0. Infinities and NaN come out
 * as the contract says. For the rest let u = 2^-53, n <= 512 the number of products and S the sum of their
 * magnitudes, S <= L = max|x| * sum|w|.
 *   - If every product is a multiple of g and L <= 2^53 g, every partial sum is a multiple of g that double holds:
 *     the sum is exact. (2^52 in the code: half for the rounding of L.) That is the common case; g comes from the
 *     least exponents of x and of the column.
 *   - Otherwise the n - 1 additions that round are off by at most (n-1)u / (1 - (n-1)u) * S < 2^-44 S (Higham,
 *     Accuracy and Stability of Numerical Algorithms, section 4.2). With 2^-43 L for 2^-44 S there is room for the
 *     rounding of L itself (2^-43 of it) and of sum +- error. If both ends of that interval round to one f32, so does
 *     the exact sum; if not, exact_dot.c decides.
 */
#ifndef LPU_PRODUCT_PATH_H
#define LPU_PRODUCT_PATH_H
#include <math.h>
#include <stdbool.h>
#include <string.h>
#include "product.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(LPU_PORTABLE) && !defined(LPU_NO_CLONES)
#define PRODUCT_X86 1
#endif

enum { PANEL = 16, TILE_ROWS = 12, ALIGNMENT = 64 };
enum { ROW_STRIDE = PRODUCT_MAX_LANES + 8 }; /* of prepared activations: constant, and no power of two */

#define PRODUCT_NAN 0x7FC00000u
#define ERROR_OF_LIMIT 0x1p-43
#define EXACT_RANGE 0x1p52

struct lpu_weights {
    const lpu_product_path *path;
    size_t lanes;
    bool is_signed, is_bf16; /* of integers; of floats */
};

/* A few activation vectors of bytes as the path wants them: i16, or i8 in the first half of each row. With the latter
 * go what is to be added to every result of a vector, and what each sum of a column is to be multiplied by for that.
 * Results go to `out`, or are added to what is there. */
typedef struct {
    int16_t x[TILE_ROWS][ROW_STRIDE];
    int32_t start[TILE_ROWS];
    int32_t column_factor;
    int32_t *out[TILE_ROWS];
    bool adds;
} integer_block;

/* What is known of the magnitudes of an activation vector: the greatest, and a power of two that divides all. */
typedef struct {
    double peak, grain;
} magnitudes;

typedef struct {
    double x[TILE_ROWS][ROW_STRIDE];
    magnitudes m[TILE_ROWS];
    double sums[TILE_ROWS][PANEL];
} float_block;

/* The parts of a product that processors do in different ways. */
struct lpu_product_path {
    const char *name;
    size_t tile_rows;    /* activation vectors that a tile takes, at most TILE_ROWS */
    size_t tile_columns; /* of an integer tile: PANEL or twice that */
    void (*pack_integer)(lpu_weights *w, const uint8_t *const *rows);
    void (*pack_float)(lpu_weights *w, const uint16_t *rows);
    /* one activation vector into row r of a block */
    void (*prepare_integer)(const lpu_weights *w, const uint8_t *x, bool x_signed, size_t r, integer_block *b);
    void (*prepare_float)(const lpu_weights *w, const uint16_t *x, size_t r, float_block *b);
    /* the block's first `rows` vectors by the columns from `first` */
    void (*integer_tile)(const lpu_weights *w, const integer_block *b, size_t first, size_t rows);
    /* the block's first `rows` vectors by the panel of column `first`, into b->sums */
    void (*float_tile)(const lpu_weights *w, float_block *b, size_t first, size_t rows);
    /* the results out[0..PANEL-1] of b->sums[r]; gives those that are not certain, as bits */
    uint32_t (*decide)(const lpu_weights *w, const float_block *b, size_t first, size_t r, uint32_t *out);
};

extern const lpu_product_path product_portable, product_avx2, product_avx512;

/* Columns with storage: tiles two panels wide read, and then ignore, a panel more where their number is odd. */
static inline size_t stored_columns(size_t lanes) { return (lanes + 2 * PANEL - 1) / (2 * PANEL) * (2 * PANEL); }

/* Integer weights: per column their sum (or nothing), then the panels. Float weights: per column the sum of the
 * magnitudes and EXACT_RANGE times a power of two that divides all, then the panels, as f32. */
static inline char *payload(const lpu_weights *w)
{
    uintptr_t end = (uintptr_t)(w + 1);
    return (char *)((end + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
}

static inline int32_t *column_sums(const lpu_weights *w) { return (int32_t *)payload(w); }

static inline void *integer_panels(const lpu_weights *w)
{
    return column_sums(w) + stored_columns(w->lanes);
}

static inline double *column_magnitudes(const lpu_weights *w) { return (double *)payload(w); }
static inline double *column_reach(const lpu_weights *w) { return column_magnitudes(w) + stored_columns(w->lanes); }
static inline float *float_panels(const lpu_weights *w)
{
    return (float *)(column_reach(w) + stored_columns(w->lanes));
}

/* A power of two that divides every value of the type not smaller than `smallest`; infinite if that is. */
static inline double grain_of(float smallest, bool is_bf16)
{
    uint32_t bits;
    float power;
    memcpy(&bits, &smallest, sizeof bits);
    bits &= 0x7F800000u;
    memcpy(&power, &bits, sizeof power);
    return is_bf16 ? fmax(power * 0x1p-7, 0x1p-133) : fmax(power * 0x1p-10, 0x1p-24);
}

#endif
