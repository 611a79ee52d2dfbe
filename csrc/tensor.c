/* The state of the tensor face: made, destroyed, emptied. */
#include <stdlib.h>
#include <string.h>
#include "buffers.h"
#include "cycle.h"
#include "memory.h"
#include "stretch.h"
#include "zeros.h"

enum { CACHE_LINE = 64, MOST_VECTORS = V_COUNT * (LANDINGS + 1) };

/* All that can be on streams or on its way to one: wherever one can be, a value and a result for each landing cycle. */
static size_t most_values(const lpu_tensor *t)
{
    return (size_t)t->positions * DIRECTIONS * STREAMS * (LPU_MAX_TENSOR_LATENCY + 1) + 1;
}

static bool create_streams(lpu_tensor *t)
{
    size_t values = most_values(t), weights = 2 * MATRIX_PLANES * t->lanes;
    size_t buffers = values + MOST_VECTORS + MOST_RESULTS + weights;
    t->streams.values = lpu_zeros(values, sizeof *t->streams.values);
    t->streams.free = lpu_zeros(values, sizeof *t->streams.free);
    t->buffers.all = lpu_zeros(buffers, sizeof *t->buffers.all);
    t->buffers.free = lpu_zeros(buffers, sizeof *t->buffers.free);
    t->buffers.data = lpu_zeros(buffers, BUFFER_PLANES * t->lane_stride);
    return t->streams.values && t->streams.free && t->buffers.all && t->buffers.free && t->buffers.data;
}

static void hold_weights(void *tensor, uint32_t buffer) { lpu_hold_buffer(tensor, buffer); }
static void release_weights(void *tensor, uint32_t buffer) { lpu_release_buffer(tensor, buffer); }

bool lpu_create_tensor(lpu_machine *m)
{
    lpu_tensor *t = m->tensor = lpu_zeros(1, sizeof *t);
    uint8_t fill = m->parameters.uninit == LPU_UNINIT_POISON ? POISON : 0;
    if (!t)
        return false;
    t->lanes = m->parameters.superlanes * LANES_PER_SUPERLANE;
    t->lane_stride = (t->lanes + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
    t->positions = 2 * m->parameters.quads + 5;
    t->due = NEVER;
    t->matrix = matrix_create(t->lanes, fill);
    t->maps = switch_create(t->lanes, fill);
    t->stretch = lpu_zeros(1, sizeof *t->stretch);
    if (t->stretch)
        t->stretch->least = LEAST_CYCLES;
    t->item_data = lpu_zeros(MAX_GROUP, t->lanes);
    if (t->matrix)
        matrix_set_keeper(t->matrix, (matrix_keeper){t, hold_weights, release_weights});
    return create_streams(t) && t->matrix && t->maps && t->item_data && t->stretch;
}

/* One more than the last accumulator row that an op names. */
static size_t rows_named(const lpu_tensor_op *op)
{
    uint64_t last = op->base + (uint64_t)(op->n - 1) * op->stride;
    return last < MATRIX_ROWS ? (size_t)last + 1 : MATRIX_ROWS;
}

/* The planes that the program loads weights into, and the rows that it adds to, will be used, and buffers with
 * MAX_GROUP rows of weights each. */
static void expect_products(lpu_tensor *t)
{
    size_t rows[MATRIX_PLANES] = {0};
    bool is_loaded[MATRIX_PLANES] = {false};
    for (const lpu_tensor_op *op = t->ops; op < t->ops + t->op_count; op++) {
        for (unsigned k = 0; op->family == &lpu_loads && k < op->row->claims; k++)
            is_loaded[(op->plane + k) % MATRIX_PLANES] = true;
        if (op->family == &lpu_takes && rows_named(op) > rows[op->plane])
            rows[op->plane] = rows_named(op);
    }
    size_t buffers = 0;
    for (unsigned plane = 0; plane < MATRIX_PLANES; plane++)
        if (is_loaded[plane]) {
            matrix_expect(t->matrix, plane, rows[plane]);
            buffers += t->lanes / MAX_GROUP;
        }
    lpu_ready_zeros(t->buffers.data, buffers * BUFFER_PLANES * t->lane_stride);
}

bool lpu_finish_tensor(lpu_machine *m, uint32_t losses)
{
    lpu_tensor *t = m->tensor;
    uint64_t *grown = realloc(t->losses, (t->loss_count + 1u) * sizeof *t->losses);
    if (!grown)
        return false;
    memset(grown + losses, 0, (t->loss_count + 1u - losses) * sizeof *t->losses);
    t->losses = grown;
    expect_products(t);
    return true;
}

void lpu_destroy_tensor(lpu_machine *m)
{
    lpu_tensor *t = m->tensor;
    if (!t)
        return;
    free(t->ops);
    free(t->losses);
    lpu_free_zeros(t->streams.values);
    lpu_free_zeros(t->streams.free);
    lpu_free_zeros(t->buffers.all);
    lpu_free_zeros(t->buffers.free);
    lpu_free_zeros(t->buffers.data);
    lpu_free_zeros(t->item_data);
    lpu_free_zeros(t->stretch);
    if (t->matrix)
        matrix_destroy(t->matrix);
    if (t->maps)
        switch_destroy(t->maps);
    lpu_free_zeros(t);
}

void lpu_clear_tensor(lpu_machine *m)
{
    lpu_tensor *t = m->tensor;
    matrix_clear(t->matrix); /* it holds buffers */
    lpu_clear_buffers(t);
    lpu_clear_streams(t);
    lpu_clear_vectors(t);
    switch_clear(t->maps);
    memset(t->losses, 0, t->loss_count * sizeof *t->losses);
    memset(t->holds, 0, sizeof t->holds);
    t->burst_count = t->element_count = 0;
    t->due = NEVER;
    t->settled = 0;
    t->stretch->retry = t->stretch->patience = 0;
}
