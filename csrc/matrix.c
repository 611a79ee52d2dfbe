/* MXM: activations, results and accumulators. See matrix.h. */
#include <string.h>
#include "bits.h"
#include "clones.h"
#include "lanes.h"
#include "matrix_planes.h"

enum { SUPERLANE = 16 }; /* lanes are whole superlanes: an inner loop of that length becomes a few vector instructions */

/* Products -------------------------------------------------------------------------------------------------------- */
/* Of the activations from number `from` up to `end`, how many of the first ones stand side by side and are of one type. */
static size_t run_length(const plane_state *p, size_t from, size_t end)
{
    size_t slot = from % RING, most = end - from, length = 1;
    while (length < most && slot + length < RING && p->ring[slot + length].type == p->ring[slot].type)
        length++;
    return length;
}

static void multiply_run(const plane_state *p, size_t from, size_t count, size_t lanes)
{
    size_t slot = from % RING, place = slot * lanes;
    int type = p->ring[slot].type;
    uint32_t *results = p->results + place;
    if (is_wide(type))
        product_float(p->pack->weights, (const uint16_t *)(const void *)p->activations + place, count, results);
    else
        product_integer(p->pack->weights, p->activations + place, type == LPU_TYPE_I8, count, (int32_t *)results);
}

static void multiply(plane_state *p, size_t from, size_t end)
{
    size_t lanes = p->owner->lanes;
    for (size_t count; from < end; from += count) {
        count = run_length(p, from, end);
        multiply_run(p, from, count, lanes);
    }
}

void matrix_multiply_posted(void *plane)
{
    plane_state *p = plane;
    multiply(p, p->computed, p->posted);
}

void matrix_post(lpu_matrix *m, unsigned plane)
{
    plane_state *p = &m->planes[plane];
    size_t width = is_wide(p->ring[(p->end - 1) % RING].type) ? 2 : 1;
    if (p->feed.taken < p->feed.count)
        return;
    if (p->owner->lanes < POSTED_LANES || (p->end - p->posted) * width < POSTED_CYCLES || !pool_is_done(&p->task))
        return;
    p->computed = p->posted;
    p->posted = p->end;
    if (!pool_post(&p->task))
        p->posted = p->computed;
}

static void finish_posted(plane_state *p)
{
    pool_finish(&p->task);
    p->computed = p->posted;
}

/* Multiplies what waits up to number `end`, once nothing is posted. */
static void multiply_rest(plane_state *p, size_t end)
{
    multiply(p, p->computed, end);
    p->computed = p->posted = end;
}

void matrix_settle(lpu_matrix *m, unsigned plane)
{
    plane_state *p = &m->planes[plane];
    finish_posted(p);
    multiply_rest(p, p->end);
}

void matrix_rest(lpu_matrix *m)
{
    for (unsigned plane = 0; plane < MATRIX_PLANES; plane++)
        finish_posted(&m->planes[plane]);
}

/* Activations and results ----------------------------------------------------------------------------------------- */
void matrix_activate(lpu_matrix *m, unsigned plane, int type, const void *x, const matrix_maker *maker)
{
    plane_state *p = &m->planes[plane];
    if (p->first == p->end)
        p->first = p->computed = p->posted = p->end = 0;
    if (!p->pack)
        matrix_pack(m, plane);
    size_t slot = p->end++ % RING, bytes = m->lanes * lpu_type_bits[type] / 8;
    p->ring[slot] = (exit_entry){.maker = *maker, .type = type};
    memcpy(p->activations + slot * bytes, x, bytes);
}

uint64_t matrix_next_exit(const lpu_matrix *m, unsigned plane)
{
    const plane_state *p = &m->planes[plane];
    return p->first == p->end ? UINT64_MAX : p->ring[p->first % RING].maker.issued + MATRIX_LATENCY;
}

const matrix_maker *matrix_standing(const lpu_matrix *m, unsigned plane, uint64_t cycle)
{
    const plane_state *p = &m->planes[plane];
    return matrix_next_exit(m, plane) == cycle ? &p->ring[p->first % RING].maker : NULL;
}

const uint32_t *matrix_take(lpu_matrix *m, unsigned plane, bool *floats)
{
    plane_state *p = &m->planes[plane];
    exit_entry *entry = &p->ring[p->first % RING];
    if (p->computed <= p->first)
        finish_posted(p);
    if (p->computed <= p->first)
        multiply_rest(p, p->first + BATCH < p->end ? p->first + BATCH : p->end);
    entry->taken = true;
    *floats = is_wide(entry->type);
    return p->results + p->first % RING * m->lanes;
}

void matrix_pass(lpu_matrix *m, unsigned plane)
{
    plane_state *p = &m->planes[plane];
    p->first++;
    if (p->computed < p->first)
        finish_posted(p);
    if (p->computed < p->first)
        p->computed = p->posted = p->first;
}

bool matrix_drop(lpu_matrix *m, unsigned plane, uint64_t cycle, matrix_maker *lost)
{
    plane_state *p = &m->planes[plane];
    if (!matrix_standing(m, plane, cycle))
        return false;
    const exit_entry *entry = &p->ring[p->first % RING];
    *lost = entry->maker;
    matrix_pass(m, plane);
    return !entry->taken;
}

/* Accumulators ---------------------------------------------------------------------------------------------------- */
static uint32_t *accumulator(const lpu_matrix *m, unsigned plane, size_t row)
{
    return m->planes[plane].rows + row * m->lanes;
}

bool matrix_row_is_set(const lpu_matrix *m, unsigned plane, size_t row) { return m->planes[plane].is_set[row]; }
const uint32_t *matrix_row(const lpu_matrix *m, unsigned plane, size_t row) { return accumulator(m, plane, row); }

void matrix_set_row(lpu_matrix *m, unsigned plane, size_t row, const uint32_t *values)
{
    memcpy(accumulator(m, plane, row), values, m->lanes * sizeof *values);
    m->planes[plane].is_set[row] = true;
}

LPU_CLONES static void add_integers(uint32_t *restrict sums, const uint32_t *restrict values, size_t lanes)
{
    for (; lanes > 0; lanes -= SUPERLANE, sums += SUPERLANE, values += SUPERLANE)
        for (size_t n = 0; n < SUPERLANE; n++)
            sums[n] += values[n];
}

LPU_CLONES static void add_floats(uint32_t *restrict sums, const uint32_t *restrict values, size_t lanes)
{
    for (; lanes > 0; lanes -= SUPERLANE, sums += SUPERLANE, values += SUPERLANE)
        for (size_t n = 0; n < SUPERLANE; n++)
            sums[n] = float_bits(as_float(sums[n]) + as_float(values[n]));
}

void matrix_add_row(lpu_matrix *m, unsigned plane, size_t row, const uint32_t *values, bool floats)
{
    (floats ? add_floats : add_integers)(accumulator(m, plane, row), values, m->lanes);
    m->planes[plane].is_set[row] = true;
}

void matrix_write_row(lpu_matrix *m, unsigned plane, size_t row, const uint8_t *const *streams)
{
    lanes_join(accumulator(m, plane, row), streams, sizeof(uint32_t), m->lanes);
    m->planes[plane].is_set[row] = true;
}
