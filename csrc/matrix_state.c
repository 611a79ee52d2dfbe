/* MXM: the memory of the planes, and their state as items. See matrix.h. */
#include <stdlib.h>
#include <string.h>
#include "matrix_planes.h"
#include "zeros.h"

enum { ALIGNMENT = 64 };

/* Memory ---------------------------------------------------------------------------------------------------------- */
typedef struct {
    uint8_t *memory; /* NULL while its size is being found */
    size_t used;
} arena;

static void *take(arena *a, size_t bytes)
{
    void *place = a->memory ? a->memory + a->used : NULL;
    a->used += (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    return place;
}

static void lay_out_plane(plane_state *p, size_t lanes, arena *a)
{
    for (size_t i = BUFFER; i <= ARRAY; i++) {
        p->sets[i].own = take(a, lanes * lanes);
        p->sets[i].loaded = take(a, lanes);
        p->sets[i].rows = take(a, lanes * sizeof *p->sets[i].rows);
        p->sets[i].numbers = take(a, lanes * sizeof *p->sets[i].numbers);
    }
    p->activations = take(a, RING * lanes * sizeof(uint16_t));
    p->results = take(a, RING * lanes * sizeof(uint32_t));
    p->rows = take(a, MATRIX_ROWS * lanes * sizeof(uint32_t));
    p->is_set = take(a, MATRIX_ROWS * sizeof(bool));
    p->feed.copies = take(a, MOST_FED * lanes);
}

/* Gives every part its place in memory; returns how much is needed. */
static size_t lay_out(lpu_matrix *m, uint8_t *memory)
{
    arena a = {.memory = memory};
    for (size_t i = 0; i < MATRIX_PLANES; i++) {
        lay_out_plane(&m->planes[i], m->lanes, &a);
        m->packs[i].weights = take(&a, product_weights_bytes(m->lanes));
    }
    m->joined = take(&a, m->lanes * m->lanes * sizeof *m->joined);
    m->zeros = take(&a, m->lanes);
    return a.used;
}

static void fill_row(const lpu_matrix *m, plane_state *p, size_t row)
{
    memset(p->rows + row * m->lanes, m->fill, m->lanes * sizeof(uint32_t));
}

static void begin_rows(const lpu_matrix *m, weight_set *set)
{
    for (size_t row = 0; row < m->lanes; row++)
        set->rows[row] = set->own + row * m->lanes;
}

lpu_matrix *matrix_create(size_t lanes, uint8_t fill)
{
    lpu_matrix *m = lpu_zeros(1, sizeof *m);
    if (!m)
        return NULL;
    m->lanes = lanes;
    m->fill = fill;
    m->memory = lpu_zeros(1, lay_out(m, NULL));
    if (!m->memory) {
        lpu_free_zeros(m);
        return NULL;
    }
    lay_out(m, m->memory);
    for (size_t i = 0; i < MATRIX_PLANES; i++) {
        m->planes[i].owner = m;
        m->planes[i].task.work = matrix_multiply_posted;
        m->planes[i].task.subject = &m->planes[i];
        begin_rows(m, &m->planes[i].sets[BUFFER]);
        begin_rows(m, &m->planes[i].sets[ARRAY]);
    }
    for (size_t i = 0; fill && i < MATRIX_PLANES; i++)
        for (size_t row = 0; row < MATRIX_ROWS; row++)
            fill_row(m, &m->planes[i], row);
    matrix_clear(m);
    return m;
}

void matrix_expect(lpu_matrix *m, unsigned plane, size_t rows)
{
    const plane_state *p = &m->planes[plane];
    uint32_t *end = p->rows + rows * m->lanes;
    lpu_ready_zeros(p->activations, (size_t)((uint8_t *)end - p->activations)); /* results and rows lie behind them */
}

void matrix_destroy(lpu_matrix *m)
{
    if (m) {
        matrix_rest(m);
        lpu_free_zeros(m->memory);
    }
    lpu_free_zeros(m);
}

static void clear_plane(lpu_matrix *m, unsigned plane)
{
    plane_state *p = &m->planes[plane];
    matrix_empty(m, &p->sets[BUFFER]);
    matrix_empty(m, &p->sets[ARRAY]);
    matrix_unpack(m, plane);
    p->first = p->computed = p->posted = p->end = 0;
    for (size_t row = 0; row < MATRIX_ROWS; row++)
        if (p->is_set[row])
            fill_row(m, p, row);
    memset(p->is_set, 0, MATRIX_ROWS * sizeof(bool));
}

void matrix_clear(lpu_matrix *m)
{
    matrix_rest(m);
    for (unsigned plane = 0; plane < MATRIX_PLANES; plane++)
        clear_plane(m, plane);
}

/* State as items -------------------------------------------------------------------------------------------------- */
size_t matrix_plane_bytes(const lpu_matrix *m) { return m->lanes * (m->lanes + 1); }

/* What tells which rows were loaded lies right behind them, for they fill whole pieces of ALIGNMENT. */
const uint8_t *matrix_get_plane(lpu_matrix *m, unsigned plane, bool installed)
{
    const weight_set *set = &m->planes[plane].sets[installed];
    for (size_t row = 0; row < m->lanes; row++) {
        uint8_t *own = set->own + row * m->lanes;
        if (!set->loaded[row])
            memset(own, 0, m->lanes);
        else if (set->rows[row] != own)
            memcpy(own, set->rows[row], m->lanes);
    }
    return set->own;
}

static bool is_weight_type(int type)
{
    switch (type) {
    case LPU_TYPE_I4:
    case LPU_TYPE_I8:
    case LPU_TYPE_U8:
    case LPU_TYPE_F16:
    case LPU_TYPE_BF16: return true;
    default: return false;
    }
}

/* Whether a row is what `lw` could have left: of one not loaded zeros, of i4 -8 to 7. */
static bool is_row(const uint8_t *row, size_t lanes, bool is_loaded, int type)
{
    if (is_loaded && type != LPU_TYPE_I4)
        return true;
    for (size_t n = 0; n < lanes; n++)
        if ((!is_loaded && row[n]) || (type == LPU_TYPE_I4 && (uint8_t)(row[n] + 8) > 15))
            return false;
    return true;
}

bool matrix_set_plane(lpu_matrix *m, unsigned plane, bool installed, int type, const uint8_t *data)
{
    weight_set *set = &m->planes[plane].sets[installed];
    const uint8_t *loaded = data + m->lanes * m->lanes;
    if (!is_weight_type(type) || set->type != NO_WEIGHTS)
        return false;
    for (size_t row = 0; row < m->lanes; row++)
        if (loaded[row] > 1 || loaded[row] < installed || !is_row(data + row * m->lanes, m->lanes, loaded[row], type))
            return false;
    set->type = type;
    matrix_unpack(m, plane);
    for (size_t row = 0; row < m->lanes; row++)
        memcpy(matrix_own_row(m, set, row), data + row * m->lanes, m->lanes);
    memcpy(set->loaded, loaded, m->lanes);
    return true;
}

static bool is_pair(const lpu_matrix *m, const weight_set *one, const weight_set *other)
{
    bool apart = !is_wide(one->type) && !is_wide(other->type);
    return apart || (one->type == other->type && memcmp(one->loaded, other->loaded, m->lanes) == 0);
}

bool matrix_is_whole(const lpu_matrix *m)
{
    for (size_t plane = 0; plane < MATRIX_PLANES; plane += 2)
        for (size_t set = BUFFER; set <= ARRAY; set++)
            if (!is_pair(m, &m->planes[plane].sets[set], &m->planes[plane + 1].sets[set]))
                return false;
    return true;
}

size_t matrix_next_row(const lpu_matrix *m, unsigned plane, size_t row)
{
    const bool *is_set = m->planes[plane].is_set, *found = memchr(is_set + row, true, MATRIX_ROWS - row);
    return found ? (size_t)(found - is_set) : MATRIX_ROWS;
}

size_t matrix_exits(const lpu_matrix *m, unsigned plane) { return m->planes[plane].end - m->planes[plane].first; }

uint64_t matrix_exit_cycle(const lpu_matrix *m, unsigned plane, size_t index)
{
    const plane_state *p = &m->planes[plane];
    return p->ring[(p->first + index) % RING].maker.issued + MATRIX_LATENCY;
}

const uint32_t *matrix_get_exit(lpu_matrix *m, unsigned plane, size_t index, matrix_maker *maker, bool *floats)
{
    plane_state *p = &m->planes[plane];
    size_t slot = (p->first + index) % RING;
    matrix_settle(m, plane);
    *maker = p->ring[slot].maker;
    *floats = is_wide(p->ring[slot].type);
    return p->results + slot * m->lanes;
}

bool matrix_set_exit(lpu_matrix *m, unsigned plane, uint64_t cycle, matrix_maker maker, bool floats,
                     const uint8_t *data)
{
    plane_state *p = &m->planes[plane];
    bool follows = p->first == p->end || p->ring[(p->end - 1) % RING].maker.issued < maker.issued;
    if (maker.issued >= cycle || cycle - maker.issued > MATRIX_LATENCY || !follows || (floats && plane != even(plane)))
        return false;
    size_t slot = p->end++ % RING;
    p->computed = p->posted = p->end;
    p->ring[slot] = (exit_entry){.maker = maker, .type = floats ? LPU_TYPE_F16 : LPU_TYPE_I8};
    memcpy(p->results + slot * m->lanes, data, m->lanes * sizeof(uint32_t));
    return true;
}
