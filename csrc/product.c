/* Choosing the way to multiply, and what all ways share. */
#include "product.h"
#include "exact_dot.h"
#include "product_path.h"

size_t product_weights_bytes(size_t lanes)
{
    size_t columns = stored_columns(lanes);
    return sizeof(lpu_weights) + ALIGNMENT + 2 * columns * sizeof(double) + columns * lanes * sizeof(float);
}

#ifdef PRODUCT_X86
static bool has_avx2(void) { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }

static bool has_avx512(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw")
           && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vnni");
}

const lpu_product_path *product_path_at(size_t index)
{
    const lpu_product_path *all[] = {&product_avx512, &product_avx2, &product_portable};
    bool there[] = {has_avx512(), has_avx2(), true};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (there[i] && index-- == 0)
            return all[i];
    return NULL;
}
#else
const lpu_product_path *product_path_at(size_t index) { return index == 0 ? &product_portable : NULL; }
#endif

const char *product_path_name(const lpu_product_path *path) { return path->name; }

void product_pack_integer_for(const lpu_product_path *path, lpu_weights *w, const uint8_t *const *rows, int is_signed,
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

void product_pack_integer(lpu_weights *w, const uint8_t *const *rows, int is_signed, size_t lanes)
{
    product_pack_integer_for(product_path_at(0), w, rows, is_signed, lanes);
}

void product_pack_float(lpu_weights *w, const uint16_t *rows, int is_bf16, size_t lanes)
{
    product_pack_float_for(product_path_at(0), w, rows, is_bf16, lanes);
}

static uint32_t settle_one(const lpu_weights *w, const double *x, size_t n)
{
    const float *panel = float_panels(w) + n / PANEL * PANEL * w->lanes;
    double column[PRODUCT_MAX_LANES];
    for (size_t k = 0; k < w->lanes; k++)
        column[k] = panel[k * PANEL + n % PANEL];
    return lpu_exact_dot(x, column, w->lanes);
}

/* Puts the exact results of one activation vector in the columns first + i for the bits i of `undecided`. */
static void settle(const lpu_weights *w, const double *x, size_t first, uint32_t undecided, uint32_t *out)
{
    for (size_t n = first; undecided; n++, undecided >>= 1)
        if (undecided & 1)
            out[n] = settle_one(w, x, n);
}

static void float_panel(const lpu_weights *w, float_block *b, size_t first, size_t rows, uint32_t *out)
{
    w->path->float_tile(w, b, first, rows);
    for (size_t r = 0; r < rows; r++, out += w->lanes)
        settle(w, b->x[r], first, w->path->decide(w, b, first, r, out + first), out);
}

void product_float(const lpu_weights *w, const uint16_t *x, size_t count, uint32_t *out)
{
    const size_t most = w->path->tile_rows;
    float_block block;
    for (size_t rows; count > 0; count -= rows, x += rows * w->lanes, out += rows * w->lanes) {
        rows = count < most ? count : most;
        for (size_t r = 0; r < rows; r++)
            w->path->prepare_float(w, x + r * w->lanes, r, &block);
        for (size_t first = 0; first < w->lanes; first += PANEL)
            float_panel(w, &block, first, rows, out);
    }
}

/* What is written soon had better be in the cache by then: rows lie far apart, which processors do not foresee. */
static void fetch(const int32_t *out, size_t first, size_t end)
{
#if defined(__GNUC__)
    for (size_t n = first; n < end; n += ALIGNMENT / sizeof *out)
        __builtin_prefetch(out + n, 1);
#else
    (void)out, (void)first, (void)end;
#endif
}

/* As many vectors as a tile takes. */
static void integer_rows(const lpu_weights *w, const product_row *rows, int x_signed, integer_block *b, size_t count)
{
    const size_t columns = w->path->tile_columns;
    for (size_t r = 0; r < count; r++) {
        b->out[r] = rows[r].out;
        fetch(b->out[r], 0, columns);
        w->path->prepare_integer(w, rows[r].x, x_signed != 0, r, b);
    }
    for (size_t first = 0; first < w->lanes; first += columns) {
        for (size_t r = 0; r < count && first + columns < w->lanes; r++)
            fetch(b->out[r], first + columns, first + 2 * columns);
        w->path->integer_tile(w, b, first, count);
    }
}

void product_integer_rows(const lpu_weights *w, const product_row *rows, int x_signed, int adds, size_t count)
{
    const size_t most = w->path->tile_rows;
    integer_block block;
    block.adds = adds != 0;
    for (; count > most; count -= most, rows += most)
        integer_rows(w, rows, x_signed, &block, most);
    integer_rows(w, rows, x_signed, &block, count);
}

void product_integer(const lpu_weights *w, const uint8_t *x, int x_signed, size_t count, int32_t *out)
{
    product_row rows[TILE_ROWS];
    for (size_t taken; count > 0; count -= taken) {
        for (taken = 0; taken < w->path->tile_rows && taken < count; taken++, x += w->lanes, out += w->lanes)
            rows[taken] = (product_row){x, out};
        product_integer_rows(w, rows, x_signed, 0, taken);
    }
}
