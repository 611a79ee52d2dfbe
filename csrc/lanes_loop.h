/* Lane functions out of functions of one element: LANES2(f, D, A, B) makes lanes_f, d[l] = f(a[l], b[l]), for arrays
 * of D, A and B. Lanes go in blocks of a length that compilers know, which become a few vector instructions; those
 * that make no whole block go one by one. */
#ifndef LPU_LANES_LOOP_H
#define LPU_LANES_LOOP_H
#include "clones.h"
#include "lanes.h"

enum { BLOCK = 64 };

#define LANE_FUNCTION(f) \
    LPU_CLONES static void lanes_##f(void *restrict to, const void *restrict x, const void *restrict y, \
                                const void *restrict z, size_t lanes)

/* `place` alone tells a compiler that there are 16 rounds: superlane + 16 could be a wrapped number. */
/* A statement for every lane l, in blocks of some size */
#define EACH_LANE_BY(size, l, statement) \
    do { \
        size_t whole = lanes - lanes % (size); \
        for (size_t block = 0; block < whole; block += (size)) \
            for (size_t i = 0; i < (size); i++) { \
                size_t l = block + i; \
                statement; \
            } \
        for (size_t l = whole; l < lanes; l++) \
            statement; \
    } while (0)

#define EACH_LANE(l, statement) EACH_LANE_BY(BLOCK, l, statement)

#define LANES1(f, D, A) \
    LANE_FUNCTION(f) \
    { \
        (void)y, (void)z; \
        D *restrict d = to; \
        const A *restrict a = x; \
        EACH_LANE(l, d[l] = f(a[l])); \
    }

#define LANES2(f, D, A, B) \
    LANE_FUNCTION(f) \
    { \
        (void)z; \
        D *restrict d = to; \
        const A *restrict a = x; \
        const B *restrict b = y; \
        EACH_LANE(l, d[l] = f(a[l], b[l])); \
    }

#define LANES3(f, D, A, B, C) \
    LANE_FUNCTION(f) \
    { \
        D *restrict d = to; \
        const A *restrict a = x; \
        const B *restrict b = y; \
        const C *restrict c = z; \
        EACH_LANE(l, d[l] = f(a[l], b[l], c[l])); \
    }

#endif
