/* What the ways to multiply (product_portable.c, product_avx2.c, product_avx512.c) have in common.
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

enum { PANEL = 16, ALIGNMENT = 64 };
enum { ROW_STRIDE = PRODUCT_MAX_LANES + 8 }; /* of prepared activations: constant, and no power of two */

#define PRODUCT_NAN 0x7FC00000u
#define ERROR_OF_LIMIT 0x1p-43
#define EXACT_RANGE 0x1p52

struct lpu_product_path {
    const char *name;
    void (*pack_integer)(lpu_weights *w, const uint8_t *rows);
    void (*integer)(const lpu_weights *w, const uint8_t *x, bool x_signed, size_t count, int32_t *out);
    void (*pack_float)(lpu_weights *w, const uint16_t *rows);
    void (*floats)(const lpu_weights *w, const uint16_t *x, size_t count, uint32_t *out);
};

struct lpu_weights {
    const lpu_product_path *path;
    size_t lanes;
    bool is_signed, is_bf16; /* of integers; of floats */
};

/* What is known of the magnitudes of an activation vector: the greatest, and a power of two that divides all. */
typedef struct {
    double peak, grain;
} magnitudes;

extern const lpu_product_path product_portable;

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

/* Puts the exact results of one activation vector in the columns first + i for the bits i of `undecided`.
 * x: [lanes], out: [lanes]. */
void product_settle(const lpu_weights *w, const double *x, size_t first, uint32_t undecided, uint32_t *out);

#endif
