/* Lane functions out of functions of one element: LANES2(f, D, A, B) makes lanes_f, d[l] = f(a[l], b[l]), for arrays
 * of D, A and B. A superlane is a loop of its own, of a length that compilers know, and so becomes one or a few vector
 * instructions. */
#ifndef LPU_LANES_LOOP_H
#define LPU_LANES_LOOP_H
#include "clones.h"
#include "lanes.h"

enum { SUPERLANE = 16 };

#define LANE_FUNCTION(f) \
    LPU_CLONES static void lanes_##f(void *restrict to, const void *restrict x, const void *restrict y, \
                                const void *restrict z, size_t lanes)

/* `place` alone tells a compiler that there are 16 rounds: superlane + 16 could be a wrapped number. */
#define EACH_LANE(l) \
    for (size_t superlane = 0; superlane < lanes; superlane += SUPERLANE) \
        for (size_t place = 0, l = superlane; place < SUPERLANE; place++, l++)

#define LANES1(f, D, A) \
    LANE_FUNCTION(f) \
    { \
        (void)y, (void)z; \
        D *restrict d = to; \
        const A *restrict a = x; \
        EACH_LANE(l) d[l] = f(a[l]); \
    }

#define LANES2(f, D, A, B) \
    LANE_FUNCTION(f) \
    { \
        (void)z; \
        D *restrict d = to; \
        const A *restrict a = x; \
        const B *restrict b = y; \
        EACH_LANE(l) d[l] = f(a[l], b[l]); \
    }

#define LANES3(f, D, A, B, C) \
    LANE_FUNCTION(f) \
    { \
        D *restrict d = to; \
        const A *restrict a = x; \
        const B *restrict b = y; \
        const C *restrict c = z; \
        EACH_LANE(l) d[l] = f(a[l], b[l], c[l]); \
    }

#endif
