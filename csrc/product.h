/* The products of a matrix plane: out[n] = sum over k of x[k] * W[k][n], for a block of activation vectors x.
 *
 * Integers: i8 or u8 with i8 or u8, wrapping to i32. Floats: f16 with f16 or bf16 with bf16, each output the exact sum
 * rounded once to f32. Weights are packed once, when they are installed, in the layout that this processor
 * multiplies fastest; every path gives the same bits. Nothing here allocates.
 */
#ifndef LPU_PRODUCT_H
#define LPU_PRODUCT_H
#include <stddef.h>
#include <stdint.h>

enum { PRODUCT_MAX_LANES = 512 };

/* A packed weight array of either kind. It holds no pointer to itself, but must be packed anew where it is moved. */
typedef struct lpu_weights lpu_weights;

/* The size of an lpu_weights for arrays of lanes x lanes, a multiple of 16 up to PRODUCT_MAX_LANES. */
size_t product_weights_bytes(size_t lanes);

/* rows: where each of [lanes] rows is, of [lanes] bytes, i8 if is_signed, else u8 */
void product_pack_integer(lpu_weights *w, const uint8_t *const *rows, int is_signed, size_t lanes);
/* x: [count][lanes] bytes, i8 if x_signed, else u8; out: [count][lanes] */
void product_integer(const lpu_weights *w, const uint8_t *x, int x_signed, size_t count, int32_t *out);

/* A vector and its results, [lanes] each. */
typedef struct {
    const uint8_t *x;
    int32_t *out;
} product_row;

/* The same for vectors that lie anywhere; with `adds` the results are added to what `out` holds, wrapping. */
void product_integer_rows(const lpu_weights *w, const product_row *rows, int x_signed, int adds, size_t count);

/* rows: [lanes][lanes] weights, bf16 if is_bf16, else f16 */
void product_pack_float(lpu_weights *w, const uint16_t *rows, int is_bf16, size_t lanes);
/* x: [count][lanes] of the type of the weights; out: [count][lanes] bits of f32, every NaN as 0x7FC00000 */
void product_float(const lpu_weights *w, const uint16_t *x, size_t count, uint32_t *out);

/* The ways to multiply that this processor has, fastest first; NULL past the last. Packing takes the first unless it
 * is told which: the weights remember it. */
typedef struct lpu_product_path lpu_product_path;
const lpu_product_path *product_path_at(size_t index);
const char *product_path_name(const lpu_product_path *path);
void product_pack_integer_for(const lpu_product_path *path, lpu_weights *w, const uint8_t *const *rows, int is_signed,
                              size_t lanes);
void product_pack_float_for(const lpu_product_path *path, lpu_weights *w, const uint16_t *rows, int is_bf16,
                            size_t lanes);

#endif
