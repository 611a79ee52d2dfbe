/* MXM: weights: loaded, installed, packed for the products. See matrix.h. */
#include <string.h>
#include "clones.h"
#include "lanes.h"
#include "matrix_planes.h"

enum {
    LOADED_BITS = 8 * MATRIX_STREAMS, /* that one element of `lw` takes in a lane */
    SUPERLANE = 16,
};

/* Weights --------------------------------------------------------------------------------------------------------- */
void matrix_set_keeper(lpu_matrix *m, matrix_keeper keeper) { m->keeper = keeper; }

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

/* The keeper has nothing to do with a row any more. */
static void release_row(const lpu_matrix *m, weight_set *set, size_t row)
{
    if (set->numbers[row])
        m->keeper.release(m->keeper.keeper, set->numbers[row]);
    set->numbers[row] = 0;
}

uint8_t *matrix_own_row(const lpu_matrix *m, weight_set *set, size_t row)
{
    uint8_t *own = set->own + row * m->lanes;
    release_row(m, set, row);
    set->loaded[row] = 1;
    set->rows[row] = own;
    return own;
}

/* A row with some number becomes one of the buffer's. */
static void take_row(lpu_matrix *m, unsigned plane, size_t row, const uint8_t *stream, uint32_t number)
{
    weight_set *buffer = &m->planes[plane].sets[BUFFER];
    if (!number) {
        memcpy(matrix_own_row(m, buffer, row), stream, m->lanes);
        return;
    }
    m->keeper.hold(m->keeper.keeper, number);
    release_row(m, buffer, row);
    buffer->loaded[row] = 1;
    buffer->rows[row] = stream;
    buffer->numbers[row] = number;
}

void matrix_empty(const lpu_matrix *m, weight_set *set)
{
    for (size_t row = 0; set->type != NO_WEIGHTS && row < m->lanes; row++)
        release_row(m, set, row);
    set->type = NO_WEIGHTS;
    memset(set->loaded, 0, m->lanes);
}

LPU_CLONES static void sign_extend(uint8_t *restrict weights, const uint8_t *restrict bytes, unsigned shift, size_t lanes)
{
    for (; lanes > 0; lanes -= SUPERLANE, weights += SUPERLANE, bytes += SUPERLANE)
        for (size_t n = 0; n < SUPERLANE; n++)
            weights[n] = (uint8_t)(((bytes[n] >> shift & 15) ^ 8) - 8);
}

/* Row j of an element. */
static void load_row(lpu_matrix *m, unsigned plane, int type, size_t row, size_t j, const uint8_t *const *streams,
                     const uint32_t *numbers)
{
    if (type == LPU_TYPE_I4) {
        sign_extend(matrix_own_row(m, &m->planes[plane].sets[BUFFER], row), streams[j / 2], j % 2 * 4, m->lanes);
    } else if (is_wide(type)) {
        take_row(m, even(plane), row, streams[2 * j], numbers ? numbers[2 * j] : 0);
        take_row(m, odd(plane), row, streams[2 * j + 1], numbers ? numbers[2 * j + 1] : 0);
    } else {
        take_row(m, plane, row, streams[j], numbers ? numbers[j] : 0);
    }
}

void matrix_load(lpu_matrix *m, unsigned plane, int type, size_t row, const uint8_t *const *streams,
                 const uint32_t *numbers)
{
    retype(m, plane, type);
    for (size_t j = 0; j < matrix_rows_of(type) && row + j < m->lanes; j++)
        load_row(m, plane, type, row + j, j, streams, numbers);
}

/* Rows that were not loaded are all zeros. */
static void clear_unloaded(const lpu_matrix *m, weight_set *set)
{
    for (size_t row = 0; row < m->lanes; row++)
        if (!set->loaded[row])
            set->rows[row] = m->zeros;
}

static void install_one(lpu_matrix *m, unsigned plane)
{
    plane_state *p = &m->planes[plane];
    weight_set fresh = p->sets[BUFFER];
    matrix_settle(m, plane);
    if (fresh.type != NO_WEIGHTS)
        clear_unloaded(m, &fresh);
    memset(fresh.loaded, 1, m->lanes);
    p->sets[BUFFER] = p->sets[ARRAY];
    p->sets[ARRAY] = fresh;
    matrix_empty(m, &p->sets[BUFFER]);
    matrix_unpack(m, plane);
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
        matrix_empty(m, &m->planes[plane ^ 1].sets[ARRAY]);
        matrix_unpack(m, plane ^ 1);
    }
    install_one(m, plane);
}

/* Packing --------------------------------------------------------------------------------------------------------- */
static void pack_floats(const lpu_matrix *m, const plane_state *p)
{
    const weight_set *low = &p->sets[ARRAY], *high = &p[1].sets[ARRAY];
    for (size_t row = 0; row < m->lanes; row++) {
        const uint8_t *const halves[] = {low->rows[row], high->rows[row]};
        lanes_join(m->joined + row * m->lanes, halves, sizeof *m->joined, m->lanes);
    }
    product_pack_float(p->pack->weights, m->joined, low->type == LPU_TYPE_BF16, m->lanes);
}

static bool are_same_rows(const lpu_matrix *m, const weight_set *one, const weight_set *other)
{
    return one->type == other->type && memcmp(one->rows, other->rows, m->lanes * sizeof *one->rows) == 0;
}

static bool are_same(const lpu_matrix *m, const plane_state *one, const plane_state *other)
{
    return are_same_rows(m, &one->sets[ARRAY], &other->sets[ARRAY])
           && (!is_wide(one->sets[ARRAY].type) || are_same_rows(m, &one[1].sets[ARRAY], &other[1].sets[ARRAY]));
}

/* The pack of another plane that has the same weights, or one that nobody uses. */
static weight_pack *find_pack(lpu_matrix *m, const plane_state *p)
{
    for (const plane_state *other = m->planes; other < m->planes + MATRIX_PLANES; other++)
        if (other->pack && are_same(m, p, other))
            return other->pack;
    weight_pack *pack = m->packs;
    while (pack->users)
        pack++;
    return pack;
}

void matrix_pack(lpu_matrix *m, unsigned plane)
{
    plane_state *p = &m->planes[plane];
    const weight_set *array = &p->sets[ARRAY];
    p->pack = find_pack(m, p);
    if (p->pack->users++)
        return;
    if (is_wide(array->type))
        pack_floats(m, p);
    else
        product_pack_integer(p->pack->weights, array->rows, array->type != LPU_TYPE_U8, m->lanes);
}

void matrix_unpack(lpu_matrix *m, unsigned plane)
{
    plane_state *p = &m->planes[plane];
    if (p->pack)
        p->pack->users--;
    p->pack = NULL;
}
