/* Lane functions out of functions of one element: LANES2(name, D, A, B, f) makes `name`, d[l] = f(a[l], b[l]), for
 * arrays of D, A and B. A superlane is a loop of its own, of a length that compilers know, and so one or a few vector
 * instructions. */
#ifndef LPU_LANES_LOOP_H
#define LPU_LANES_LOOP_H
#include "clones.h"
#include "lanes.h"

enum { SUPERLANE = 16 };

#define LANE_FUNCTION(name) \
    LPU_CLONES static void name(void *restrict to, const void *restrict x, const void *restrict y, \
                                const void *restrict z, size_t lanes)

#define EACH_LANE(l) \
    for (size_t superlane = 0; superlane < lanes; superlane += SUPERLANE) \
        for (size_t l = superlane; l < superlane + SUPERLANE; l++)

#define LANES1(name, D, A, f) \
    LANE_FUNCTION(name) \
    { \
        (void)y, (void)z; \
        D *restrict d = to; \
        const A *restrict a = x; \
        EACH_LANE(l) d[l] = f(a[l]); \
    }

#define LANES2(name, D, A, B, f) \
    LANE_FUNCTION(name) \
    { \
        (void)z; \
        D *restrict d = to; \
        const A *restrict a = x; \
        const B *restrict b = y; \
        EACH_LANE(l) d[l] = f(a[l], b[l]); \
    }

#define LANES3(name, D, A, B, C, f) \
    LANE_FUNCTION(name) \
    { \
        D *restrict d = to; \
        const A *restrict a = x; \
        const B *restrict b = y; \
        const C *restrict c = z; \
        EACH_LANE(l) d[l] = f(a[l], b[l], c[l]); \
    }

#endif
