/* The state of the tensor face: made, destroyed, emptied. */
#include <stdlib.h>
#include <string.h>
#include "cycle.h"
#include "memory.h"
#include "units.h"

enum { CACHE_LINE = 64, VECTOR_BUFFERS = V_COUNT * (LANDINGS + 1) };

/* All that can be on streams or on its way to one: wherever one can be, a value and a result for each landing cycle. */
static size_t most_values(const lpu_tensor *t)
{
    return (size_t)t->positions * DIRECTIONS * STREAMS * (LPU_MAX_TENSOR_LATENCY + 1) + 1;
}

/* Every v register, and every write to one, has a buffer; landing swaps them. */
static void share_out_buffers(lpu_tensor *t)
{
    size_t size = MAX_GROUP * t->lane_stride;
    for (unsigned i = 0; i < V_COUNT; i++) {
        t->vectors[i].data = t->vector_data + i * size;
        for (unsigned k = 0; k < LANDINGS; k++)
            t->vector_writes[k][i].data = t->vector_data + (V_COUNT * (k + 1) + i) * size;
    }
}

bool lpu_create_tensor(lpu_machine *m)
{
    lpu_tensor *t = m->tensor = calloc(1, sizeof *t);
    uint8_t fill = m->parameters.uninit == LPU_UNINIT_POISON ? POISON : 0;
    if (!t)
        return false;
    t->lanes = m->parameters.superlanes * LANES_PER_SUPERLANE;
    t->lane_stride = (t->lanes + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
    t->positions = 2 * m->parameters.quads + 5;
    t->due = NEVER;
    t->streams.values = calloc(most_values(t), sizeof *t->streams.values);
    t->streams.free = calloc(most_values(t), sizeof *t->streams.free);
    t->streams.data = calloc(most_values(t), t->lane_stride);
    t->vector_data = calloc(VECTOR_BUFFERS, MAX_GROUP * t->lane_stride);
    t->matrix = matrix_create(t->lanes, fill);
    t->maps = switch_create(t->lanes, fill);
    t->item_data = t->matrix ? calloc(1, matrix_plane_bytes(t->matrix)) : NULL;
    bool has_streams = t->streams.values && t->streams.free && t->streams.data;
    if (!has_streams || !t->vector_data || !t->maps || !t->item_data)
        return false;
    share_out_buffers(t);
    return true;
}

bool lpu_finish_tensor(lpu_machine *m, uint32_t losses)
{
    lpu_tensor *t = m->tensor;
    uint64_t *grown = realloc(t->losses, (t->loss_count + 1u) * sizeof *t->losses);
    if (!grown)
        return false;
    memset(grown + losses, 0, (t->loss_count + 1u - losses) * sizeof *t->losses);
    t->losses = grown;
    return true;
}

void lpu_destroy_tensor(lpu_machine *m)
{
    lpu_tensor *t = m->tensor;
    if (!t)
        return;
    free(t->ops);
    free(t->losses);
    free(t->streams.values);
    free(t->streams.free);
    free(t->streams.data);
    free(t->vector_data);
    free(t->item_data);
    if (t->matrix)
        matrix_destroy(t->matrix);
    if (t->maps)
        switch_destroy(t->maps);
    free(t);
}

void lpu_clear_tensor(lpu_machine *m)
{
    lpu_tensor *t = m->tensor;
    lpu_clear_streams(t);
    lpu_clear_vectors(t);
    matrix_clear(t->matrix);
    switch_clear(t->maps);
    memset(t->losses, 0, t->loss_count * sizeof *t->losses);
    memset(t->holds, 0, sizeof t->holds);
    t->burst_count = t->element_count = 0;
    t->due = NEVER;
    t->settled = 0;
}
