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
};

/* A byte per weight, rows first: of i4 sign-extended, of a 16-bit type the low bytes in the even plane of the pair
 * and the high ones in the odd. What is in a row that is not loaded means nothing. */
typedef struct {
    int type;
    uint8_t *rows;   /* [lanes][lanes] */
    uint8_t *loaded; /* [lanes] */
} weight_set;

typedef struct {
    matrix_maker maker;
    int type; /* of the activations */
    bool taken;
} exit_entry;

/* Results are numbered: those from `first` up to `computed` are there, those up to `posted` are being made by `task` while
 * that is not done, those up to `end` are still activations. Number i has its place in each ring at i % RING; all
 * activations that wait are of one width. */
typedef struct {
    const lpu_matrix *owner;
    weight_set sets[2];
    lpu_weights *packed; /* the array as the products want it, once `is_packed`; of a pair in the even plane */
    bool is_packed;
    uint16_t *joined; /* [lanes][lanes]: 16-bit weights on their way to be packed */
    size_t first, computed, posted, end;
    pool_task task;
    exit_entry ring[RING];
    uint8_t *activations; /* [RING][lanes] of bytes or of pairs of bytes */
    uint32_t *results;    /* [RING][lanes] */
    uint32_t *rows;       /* the accumulators, [MATRIX_ROWS][lanes] */
    bool *is_set;         /* [MATRIX_ROWS] */
} plane_state;

struct lpu_matrix {
    size_t lanes;
    uint8_t fill;
    void *memory;
    plane_state planes[MATRIX_PLANES];
};

static inline bool is_wide(int type) { return type != NO_WEIGHTS && lpu_type_bits[type] == 16; }
static inline unsigned even(unsigned plane) { return plane & ~1u; }
static inline unsigned odd(unsigned plane) { return plane | 1u; }

/* Multiplies all activations that wait. */
void matrix_settle(lpu_matrix *m, unsigned plane);
/* The work of a plane's task. */
void matrix_multiply_posted(void *plane);
void matrix_clear_unloaded(const lpu_matrix *m, weight_set *set);
void matrix_empty(const lpu_matrix *m, weight_set *set);

#endif
