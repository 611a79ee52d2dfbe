/* The planes from within: what matrix.c and matrix_state.c share. */
#ifndef LPU_MATRIX_PLANES_H
#define LPU_MATRIX_PLANES_H
#include "isa.gen.h"
#include "matrix.h"
#include "pool.h"
#include "product.h"

enum {
    BUFFER,
    ARRAY,
    BATCH = MATRIX_LATENCY, /* multiplied at a time, where so many wait: products like numbers of many factors */
    RING = 2 * BATCH,       /* batches do not wrap; one result more than a batch is on its way or at the exit */
    POSTED_CYCLES = BATCH / 2, /* what came in so many is work for another thread, in time for the first result; */
    POSTED_LANES = 128,        /* with fewer lanes it is too little */
    MOST_FED = 256,
};

/* A byte per weight, rows first: of i4 sign-extended, of a 16-bit type the low bytes in the even plane of the pair
 * and the high ones in the odd. What is in a row that is not loaded means nothing. */
typedef struct {
    int type;
    const uint8_t **rows; /* [lanes]: where each is */
    uint32_t *numbers;    /* [lanes]: with the keeper, 0 for rows that he has nothing to do with */
    uint8_t *own;         /* [lanes][lanes]: room for those */
    uint8_t *loaded;      /* [lanes], right behind it */
} weight_set;

/* An array as the products want it. Planes whose rows are the same ones share it. */
typedef struct {
    lpu_weights *weights;
    unsigned users;
} weight_pack;

typedef struct {
    matrix_maker maker;
    int type; /* of the activations */
    bool taken;
} exit_entry;

/* Results are numbered: those from `first` up to `computed` are there, those up to `posted` are being made by `task` while
 * that is not done, those up to `end` are still activations. Number i has its place in each ring at i % RING; all
 * activations that wait are of one width. */
/* Rows that a thread multiplies. */
typedef struct {
    const void *plane;
    size_t first, count;
    pool_task task;
    bool is_posted;
} fed_rows;

/* Results that go straight to accumulator rows (matrix_feed.c): the `count` from number `from` on. */
typedef struct {
    size_t from, count, given, posted, made, taken;
    int type; /* of the activations */
    bool adds;
    product_row rows[MOST_FED];
    fed_rows jobs[(MOST_FED + MATRIX_FED - 1) / MATRIX_FED];
    uint8_t *copies; /* [MOST_FED][lanes] of activations */
} plane_feed;

typedef struct {
    const lpu_matrix *owner;
    weight_set sets[2];
    weight_pack *pack; /* of the array, from the first activation on, else NULL; of a pair in the even plane */
    size_t first, computed, posted, end;
    pool_task task;
    exit_entry ring[RING];
    uint8_t *activations; /* [RING][lanes] of bytes or of pairs of bytes */
    uint32_t *results;    /* [RING][lanes] */
    uint32_t *rows;       /* the accumulators, [MATRIX_ROWS][lanes] */
    bool *is_set;         /* [MATRIX_ROWS] */
    plane_feed feed;
} plane_state;

struct lpu_matrix {
    size_t lanes;
    uint8_t fill;
    void *memory;
    matrix_keeper keeper;
    plane_state planes[MATRIX_PLANES];
    weight_pack packs[MATRIX_PLANES];
    uint16_t *joined; /* [lanes][lanes]: 16-bit weights on their way to be packed */
    uint8_t *zeros;   /* [lanes]: a row that was not loaded when its buffer was installed */
};

static inline bool is_wide(int type) { return type != NO_WEIGHTS && lpu_type_bits[type] == 16; }
static inline unsigned even(unsigned plane) { return plane & ~1u; }
static inline unsigned odd(unsigned plane) { return plane | 1u; }

/* Multiplies all activations that wait. */
void matrix_settle(lpu_matrix *m, unsigned plane);
/* The work of a plane's task, and of tasks of its feed. */
void matrix_multiply_posted(void *plane);
void matrix_multiply_fed(void *rows);
/* matrix_weights.c: a plane's array is packed, which it was not; it has changed. */
void matrix_pack(lpu_matrix *m, unsigned plane);
void matrix_unpack(lpu_matrix *m, unsigned plane);
void matrix_empty(const lpu_matrix *m, weight_set *set);
/* A row is to be filled that is the set's own. */
uint8_t *matrix_own_row(const lpu_matrix *m, weight_set *set, size_t row);

#endif
