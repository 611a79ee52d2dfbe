/* Choosing the way to multiply, and what all ways share. */
#include "product.h"
#include "exact_dot.h"
#include "product_path.h"

size_t product_weights_bytes(size_t lanes)
{
    size_t columns = stored_columns(lanes);
    return sizeof(lpu_weights) + ALIGNMENT + 2 * columns * sizeof(double) + columns * lanes * sizeof(float);
}

const lpu_product_path *product_path_at(size_t index) { return index == 0 ? &product_portable : NULL; }

const char *product_path_name(const lpu_product_path *path) { return path->name; }

void product_pack_integer_for(const lpu_product_path *path, lpu_weights *w, const uint8_t *rows, int is_signed,
                              size_t lanes)
{
    *w = (lpu_weights){.path = path, .lanes = lanes, .is_signed = is_signed != 0};
    path->pack_integer(w, rows);
}

void product_pack_float_for(const lpu_product_path *path, lpu_weights *w, const uint16_t *rows, int is_bf16,
                            size_t lanes)
{
    *w = (lpu_weights){.path = path, .lanes = lanes, .is_bf16 = is_bf16 != 0};
    path->pack_float(w, rows);
}

void product_pack_integer(lpu_weights *w, const uint8_t *rows, int is_signed, size_t lanes)
{
    product_pack_integer_for(product_path_at(0), w, rows, is_signed, lanes);
}

void product_pack_float(lpu_weights *w, const uint16_t *rows, int is_bf16, size_t lanes)
{
    product_pack_float_for(product_path_at(0), w, rows, is_bf16, lanes);
}

void product_integer(const lpu_weights *w, const uint8_t *x, int x_signed, size_t count, int32_t *out)
{
    w->path->integer(w, x, x_signed != 0, count, out);
}

void product_float(const lpu_weights *w, const uint16_t *x, size_t count, uint32_t *out)
{
    w->path->floats(w, x, count, out);
}

static uint32_t settle_one(const lpu_weights *w, const double *x, size_t n)
{
    const float *panel = float_panels(w) + n / PANEL * PANEL * w->lanes;
    double column[PRODUCT_MAX_LANES];
    for (size_t k = 0; k < w->lanes; k++)
        column[k] = panel[k * PANEL + n % PANEL];
    return lpu_exact_dot(x, column, w->lanes);
}

void product_settle(const lpu_weights *w, const double *x, size_t first, uint32_t undecided, uint32_t *out)
{
    for (size_t n = first; undecided; n++, undecided >>= 1)
        if (undecided & 1)
            out[n] = settle_one(w, x, n);
}
