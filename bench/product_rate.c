/* Multiply-accumulates per second of the matrix products, for each way to multiply that this processor has. */
#define _POSIX_C_SOURCE 199309L
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "product.h"

enum { LANES = 320, MOST = 64, SAMPLES = 200 };

typedef struct {
    const lpu_product_path *path;
    lpu_weights *weights;
    uint16_t rows[LANES * LANES], x[MOST * LANES]; /* bytes take the first half */
    uint32_t out[MOST * LANES];
    size_t count;
} workload;

typedef void operation(workload *w);

static void pack_bytes(workload *w)
{
    const uint8_t *rows[LANES];
    for (size_t i = 0; i < LANES; i++)
        rows[i] = (const uint8_t *)w->rows + i * LANES;
    product_pack_integer_for(w->path, w->weights, rows, 1, LANES);
}

static void multiply_bytes(workload *w)
{
    product_integer(w->weights, (const uint8_t *)w->x, 1, w->count, (int32_t *)w->out);
}

static void pack_halves(workload *w) { product_pack_float_for(w->path, w->weights, w->rows, 0, LANES); }
static void multiply_halves(workload *w) { product_float(w->weights, w->x, w->count, w->out); }

/* f16 between 1 and 2 in magnitude, or bytes of every kind */
static void fill(uint16_t *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        values[i] = (uint16_t)((rand() & 0x83FF) | 0x3C00);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Seconds of the fastest of many calls: other programs can only make a call slower. */
static double fastest(operation *run, workload *w)
{
    double best = 1e9;
    for (int i = 0; i < SAMPLES; i++) {
        double start = now();
        run(w);
        double taken = now() - start;
        best = taken < best ? taken : best;
    }
    return best;
}

static void report(const char *type, operation *pack, operation *multiply, workload *w)
{
    printf("%-14s %-4s %9.1f", product_path_name(w->path), type, 1e6 * fastest(pack, w));
    const size_t counts[] = {1, 4, 12, 24, MOST};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        w->count = counts[i];
        printf("%9.1f", 1e-9 * (double)(w->count * LANES * LANES) / fastest(multiply, w));
    }
    printf("\n");
}

int main(void)
{
    static workload w;
    w.weights = malloc(product_weights_bytes(LANES));
    if (!w.weights)
        return 1;
    fill(w.rows, LANES * LANES);
    fill(w.x, MOST * LANES);
    printf("%-19s pack, us  G MAC/s in blocks of 1, 4, 12, 24, %d vectors\n", "", MOST);
    for (size_t i = 0; (w.path = product_path_at(i)) != NULL; i++) {
        report("i8", pack_bytes, multiply_bytes, &w);
        report("f16", pack_halves, multiply_halves, &w);
    }
    free(w.weights);
    return 0;
}
