/* The lanes of a strip: each step as one loop over rounds. Lanes go in blocks of a length that compilers know; those
 * behind the last round are computed, too, and mean nothing. */
#include <string.h>
#include "clones.h"
#include "float.h"
#include "multiply.h"
#include "strip.h"

#define FOR_EACH_PURE(X) LPU_FOR_EACH_SHORT(X) LPU_FOR_EACH_LATE(X)

uint32_t lpu_strip_value(uint32_t kind, uint32_t a, uint32_t b, uint32_t c, uint32_t k)
{
#define VALUE(NAME, name) case LPU_SEM_##NAME: return op_##name(a, b, c, k);
    switch (kind) {
    FOR_EACH_PURE(VALUE)
    LPU_FOR_EACH_DIVIDE(VALUE)
    case STRIP_ADDRESS: return k + a * b + c;
    default: return a; /* moves */
    }
#undef VALUE
}

static inline uint32_t op_address(uint32_t a, uint32_t b, uint32_t c, uint32_t k) { return k + a * b + c; }

/* The column that is made may be one of those that it is made of: blocks are made elsewhere. */
#define LANES(NAME, name)                                                                                    \
    static inline void lanes_##name(uint32_t *d, const uint32_t *a, const uint32_t *b, const uint32_t *c,    \
                                    uint32_t k, size_t rounds)                                               \
    {                                                                                                        \
        for (size_t block = 0; block < rounds; block += STRIP_BLOCK) {                                       \
            uint32_t made[STRIP_BLOCK];                                                                      \
            for (size_t i = 0; i != STRIP_BLOCK; i++)                                                        \
                made[i] = op_##name(a[block + i], b[block + i], c[block + i], k);                            \
            memcpy(d + block, made, sizeof made);                                                            \
        }                                                                                                    \
    }
FOR_EACH_PURE(LANES)
LANES(ADDRESS, address)

/* The divisor of a lane behind the last round may be 0. */
#define QUOTIENTS(NAME, name)                                                                                \
    static inline void lanes_##name(uint32_t *d, const uint32_t *a, const uint32_t *b, const uint32_t *c,    \
                                    uint32_t k, size_t rounds)                                               \
    {                                                                                                        \
        for (size_t i = 0; i < rounds; i++)                                                                  \
            d[i] = op_##name(a[i], b[i], c[i], k);                                                           \
    }
LPU_FOR_EACH_DIVIDE(QUOTIENTS)

LPU_CLONES const strip_op *lpu_strip_compute(const strip_op *op, uint32_t rounds)
{
#define COMPUTE(NAME, name) case LPU_SEM_##NAME: lanes_##name(op->d, op->a, op->b, op->c, op->k, rounds); break;
    for (;; op++)
        switch (op->kind) {
        FOR_EACH_PURE(COMPUTE)
        LPU_FOR_EACH_DIVIDE(COMPUTE)
        case STRIP_ADDRESS: lanes_address(op->d, op->a, op->b, op->c, op->k, rounds); break;
        default: return op;
        }
#undef COMPUTE
}

LPU_CLONES void lpu_strip_ramp(uint32_t *lanes, uint32_t base, uint32_t step, uint32_t rounds)
{
    uint32_t made[STRIP_BLOCK];
    for (uint32_t i = 0; i < STRIP_BLOCK; i++)
        made[i] = base + i * step;
    for (size_t block = 0; block < rounds; block += STRIP_BLOCK) {
        memcpy(lanes + block, made, sizeof made);
        for (uint32_t i = 0; i < STRIP_BLOCK; i++)
            made[i] += STRIP_BLOCK * step;
    }
}

/* Sequential ---------------------------------------------------------------------------------------------------- */
static void compute_lane(const strip_op *op, uint32_t i)
{
    op->d[i] = lpu_strip_value(op->kind, op->a[i], op->b[i], op->c[i], op->k);
}

static bool are_of_a_kind(const strip_op *ops, uint32_t count)
{
    uint32_t i = 1;
    while (i < count && ops[i].kind == ops->kind)
        i++;
    return i == count;
}

#define ROUNDS_OF(NAME, name)                                                  \
    case LPU_SEM_##NAME:                                                       \
        for (uint32_t i = 0; i < rounds; i++)                                  \
            for (uint32_t j = 0; j < count; j++)                               \
                ops[j].d[i] = op_##name(ops[j].a[i], ops[j].b[i], ops[j].c[i], ops[j].k); \
        return;

void lpu_strip_group(const strip_op *ops, uint32_t count, uint32_t rounds)
{
    if (are_of_a_kind(ops, count))
        switch (ops->kind) {
        FOR_EACH_PURE(ROUNDS_OF)
        default: break;
        }
    for (uint32_t i = 0; i < rounds; i++)
        for (uint32_t j = 0; j < count; j++)
            compute_lane(&ops[j], i);
}

/* What all ops add in some rounds. */
LPU_CLONES static uint32_t sum_of(const strip_op *ops, uint32_t count, uint32_t rounds)
{
    uint32_t sums[STRIP_BLOCK] = {0}, mask[STRIP_BLOCK], sum = 0, whole = rounds - rounds % STRIP_BLOCK;
    for (uint32_t i = 0; i < STRIP_BLOCK; i++)
        mask[i] = 0 - (uint32_t)(i < rounds - whole);
    for (uint32_t j = 0; j < count; j++) {
        const uint32_t *restrict lanes = ops[j].b;
        for (size_t block = 0; block < whole; block += STRIP_BLOCK)
            for (size_t i = 0; i < STRIP_BLOCK; i++)
                sums[i] += lanes[block + i];
        for (size_t i = 0; i < STRIP_BLOCK; i++)
            sums[i] += lanes[whole + i] & mask[i];
    }
    for (uint32_t i = 0; i < STRIP_BLOCK; i++)
        sum += sums[i];
    return sum;
}

/* What is added is in `b`; before the last round only the total is of interest. */
void lpu_strip_sum(const strip_op *ops, uint32_t count, uint32_t rounds)
{
    uint32_t *total = ops[count - 1].d;
    total[(int64_t)rounds - 2] = total[-1] + sum_of(ops, count, rounds - 1);
    for (uint32_t j = 0; j < count; j++)
        ops[j].d[rounds - 1] = ops[j].a[rounds - 1] + ops[j].b[rounds - 1];
}
