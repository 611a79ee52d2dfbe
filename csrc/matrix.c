/* MXM: weights, activations, results and accumulators. See matrix.h. */
#include <string.h>
#include "bits.h"
#include "clones.h"
#include "lanes.h"
#include "matrix_planes.h"

enum {
    LOADED_BITS = 8 * MATRIX_STREAMS, /* that one element of `lw` takes in a lane */
    SUPERLANE = 16, /* lanes are whole superlanes: an inner loop of that length becomes a few vector instructions */
};

/* Products -------------------------------------------------------------------------------------------------------- */
static void pack_floats(plane_state *p, size_t lanes)
{
    const weight_set *low = &p->sets[ARRAY], *high = &p[1].sets[ARRAY];
    const uint8_t *const halves[] = {low->rows, high->rows};
    lanes_join(p->joined, halves, sizeof *p->joined, lanes * lanes);
    product_pack_float(p->packed, p->joined, low->type == LPU_TYPE_BF16, lanes);
}

static void pack(plane_state *p, size_t lanes)
{
    const weight_set *array = &p->sets[ARRAY];
    if (is_wide(array->type))
        pack_floats(p, lanes);
    else
        product_pack_integer(p->packed, array->rows, array->type != LPU_TYPE_U8, lanes);
    p->is_packed = true;
}

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
        product_float(p->packed, (const uint16_t *)(const void *)p->activations + place, count, results);
    else
        product_integer(p->packed, p->activations + place, type == LPU_TYPE_I8, count, (int32_t *)results);
}

static void multiply(plane_state *p, size_t from, size_t end)
{
    size_t lanes = p->owner->lanes;
    if (from < end && !p->is_packed)
        pack(p, lanes);
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

/* Weights --------------------------------------------------------------------------------------------------------- */
int matrix_type(const lpu_matrix *m, unsigned plane, bool installed) { return m->planes[plane].sets[installed].type; }

bool matrix_can_install(const lpu_matrix *m, unsigned plane)
{
    return plane == even(plane) || !is_wide(matrix_type(m, plane, false));
}

bool matrix_can_multiply(const lpu_matrix *m, unsigned plane, int type)
{
    int array = matrix_type(m, plane, true);
    return array == type || (array != NO_WEIGHTS && !is_wide(array) && !is_wide(type));
}

size_t matrix_rows_of(int type) { return LOADED_BITS / lpu_type_bits[type]; }

/* Empties the buffer of rows of another type. */
static void retype(lpu_matrix *m, unsigned plane, int type)
{
    weight_set *buffer = &m->planes[plane].sets[BUFFER], *other = &m->planes[plane ^ 1].sets[BUFFER];
    if (buffer->type == type)
        return;
    if (is_wide(buffer->type) || is_wide(type))
        matrix_empty(m, other);
    matrix_empty(m, buffer);
    buffer->type = type;
    if (is_wide(type))
        other->type = type;
}

/* Where a row goes; it counts as loaded from now on. */
static uint8_t *loaded_row(lpu_matrix *m, unsigned plane, size_t row)
{
    weight_set *buffer = &m->planes[plane].sets[BUFFER];
    buffer->loaded[row] = 1;
    return buffer->rows + row * m->lanes;
}

static void sign_extend(uint8_t *restrict weights, const uint8_t *restrict bytes, unsigned shift, size_t lanes)
{
    for (; lanes > 0; lanes -= SUPERLANE, weights += SUPERLANE, bytes += SUPERLANE)
        for (size_t n = 0; n < SUPERLANE; n++)
            weights[n] = (uint8_t)(((bytes[n] >> shift & 15) ^ 8) - 8);
}

/* Row j of an element. */
static void load_row(lpu_matrix *m, unsigned plane, int type, size_t row, size_t j, const uint8_t *const *streams)
{
    if (type == LPU_TYPE_I4) {
        sign_extend(loaded_row(m, plane, row), streams[j / 2], j % 2 * 4, m->lanes);
    } else if (is_wide(type)) {
        memcpy(loaded_row(m, even(plane), row), streams[2 * j], m->lanes);
        memcpy(loaded_row(m, odd(plane), row), streams[2 * j + 1], m->lanes);
    } else {
        memcpy(loaded_row(m, plane, row), streams[j], m->lanes);
    }
}

void matrix_load(lpu_matrix *m, unsigned plane, int type, size_t row, const uint8_t *const *streams)
{
    retype(m, plane, type);
    for (size_t j = 0; j < matrix_rows_of(type) && row + j < m->lanes; j++)
        load_row(m, plane, type, row + j, j, streams);
}

void matrix_clear_unloaded(const lpu_matrix *m, weight_set *set)
{
    for (size_t row = 0; row < m->lanes; row++)
        if (!set->loaded[row])
            memset(set->rows + row * m->lanes, 0, m->lanes);
}

static void install_one(lpu_matrix *m, unsigned plane)
{
    plane_state *p = &m->planes[plane];
    weight_set fresh = p->sets[BUFFER];
    matrix_settle(m, plane);
    if (fresh.type != NO_WEIGHTS)
        matrix_clear_unloaded(m, &fresh);
    memset(fresh.loaded, 1, m->lanes);
    p->sets[BUFFER] = p->sets[ARRAY];
    p->sets[ARRAY] = fresh;
    matrix_empty(m, &p->sets[BUFFER]);
    p->is_packed = false;
}

void matrix_install(lpu_matrix *m, unsigned plane)
{
    if (is_wide(matrix_type(m, plane, false))) {
        install_one(m, even(plane));
        install_one(m, odd(plane));
        return;
    }
    if (is_wide(matrix_type(m, plane, true))) {
        matrix_settle(m, even(plane));
        m->planes[plane ^ 1].sets[ARRAY].type = NO_WEIGHTS;
    }
    install_one(m, plane);
}

/* Activations and results ----------------------------------------------------------------------------------------- */
void matrix_activate(lpu_matrix *m, unsigned plane, int type, const void *x, const matrix_maker *maker)
{
    plane_state *p = &m->planes[plane];
    if (p->first == p->end)
        p->first = p->computed = p->posted = p->end = 0;
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

bool matrix_drop(lpu_matrix *m, unsigned plane, uint64_t cycle, matrix_maker *lost)
{
    plane_state *p = &m->planes[plane];
    if (!matrix_standing(m, plane, cycle))
        return false;
    const exit_entry *entry = &p->ring[p->first % RING];
    *lost = entry->maker;
    p->first++;
    if (p->computed < p->first)
        finish_posted(p);
    if (p->computed < p->first)
        p->computed = p->posted = p->first;
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
