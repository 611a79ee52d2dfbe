/* Reductions in blocks of a superlane, which compilers make a few vector instructions of. See reduce.h. */
#include "reduce.h"
#include "bits.h"
#include "clones.h"
#include "lanes_float.h"
#include "lanes_integer.h"
#include "lanes.h"

enum { BLOCK = 16, MOST_LANES = 512 };

/* In any order ----------------------------------------------------------------------------------------------------- */
/* Wrapping sums, and the greatest and least of integers, are the same whatever the order: blocks are combined lane by
 * lane, and the lanes of what is left in halves. */
#define FOLD(name, T, combine) \
    LPU_CLONES static void fold_##name(uint32_t *words, size_t span) \
    { \
        T left[BLOCK]; \
        memcpy(left, words, sizeof left); \
        for (size_t block = BLOCK; block < span; block += BLOCK) \
            for (size_t i = 0; i < BLOCK; i++) \
                left[i] = combine(left[i], (T)words[block + i]); \
        for (size_t half = BLOCK / 2; half > 0; half /= 2) \
            for (size_t i = 0; i < half; i++) \
                left[i] = combine(left[i], left[i + half]); \
        words[0] = (uint32_t)left[0]; \
    }
FOLD(add, uint32_t, add_32)
FOLD(max, int32_t, max_i32)
FOLD(min, int32_t, min_i32)

/* The numbers of floats as they follow one another; NaN becomes the one that every other gives way to. */
LPU_CLONES static void to_order(uint32_t *words, size_t lanes, uint32_t nan)
{
    for (size_t block = 0; block < lanes; block += BLOCK)
        for (size_t i = 0; i < BLOCK; i++)
            words[block + i] = nan_f32(words[block + i]) ? nan : (uint32_t)order_f32(words[block + i]);
}

static uint32_t from_order(uint32_t order, uint32_t nan)
{
    return order == nan ? CANONICAL_NAN : (uint32_t)order_f32(order); /* its own inverse */
}

/* Level by level --------------------------------------------------------------------------------------------------- */
/* Lanes 2i and 2i + 1 make lane i, a last one alone passing up. */
LPU_CLONES static size_t add_pairs(float *restrict to, const float *restrict from, size_t count)
{
    size_t pairs = count / 2, whole = pairs - pairs % BLOCK;
    for (size_t block = 0; block < whole; block += BLOCK)
        for (size_t i = 0; i < BLOCK; i++)
            to[block + i] = from[2 * (block + i)] + from[2 * (block + i) + 1];
    for (size_t i = whole; i < pairs; i++)
        to[i] = from[2 * i] + from[2 * i + 1];
    if (count % 2)
        to[pairs] = from[count - 1];
    return pairs + count % 2;
}

/* The levels of all spans at once, for a level never pairs lanes of two: `results` sums are left. */
static void add_floats(uint32_t *words, size_t lanes, size_t results)
{
    float levels[2][MOST_LANES];
    unsigned from = 0;
    memcpy(levels[0], words, lanes * sizeof *words);
    for (size_t count = lanes; count > results; from = !from)
        count = add_pairs(levels[!from], levels[from], count);
    for (size_t i = 0; i < results; i++)
        words[i] = float_bits(levels[from][i]);
}

/* ------------------------------------------------------------------------------------------------------------------ */
static void fold_spans(void (*fold)(uint32_t *words, size_t span), uint32_t *words, size_t lanes, size_t span)
{
    for (size_t i = 0; i < lanes / span; i++) {
        fold(words + i * span, span);
        words[i] = words[i * span];
    }
}

static void fold_floats(lpu_semantics semantics, uint32_t *words, size_t lanes, size_t span)
{
    bool greatest = semantics == LPU_SEM_REDUCE_MAX;
    uint32_t nan = greatest ? (uint32_t)INT32_MAX : (uint32_t)INT32_MIN;
    to_order(words, lanes, nan);
    fold_spans(greatest ? fold_max : fold_min, words, lanes, span);
    for (size_t i = 0; i < lanes / span; i++)
        words[i] = from_order(words[i], nan);
}

static void fold_integers(lpu_semantics semantics, uint32_t *words, size_t lanes, size_t span)
{
    bool adds = semantics == LPU_SEM_REDUCE_ADD, greatest = semantics == LPU_SEM_REDUCE_MAX;
    fold_spans(adds ? fold_add : greatest ? fold_max : fold_min, words, lanes, span);
}

void reduce_lanes(lpu_semantics semantics, lpu_type type, uint32_t *words, size_t lanes, size_t span)
{
    size_t results = lanes / span;
    if (type != LPU_TYPE_F32)
        fold_integers(semantics, words, lanes, span);
    else if (semantics == LPU_SEM_REDUCE_ADD)
        add_floats(words, lanes, results);
    else
        fold_floats(semantics, words, lanes, span);
    while (results-- > 0) /* the last first: a result lies where the lanes of a span before it do */
        lanes_fill(words + results * span, words[results], sizeof *words, span);
}
