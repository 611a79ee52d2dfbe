/* Elements and their byte planes. Bytes move one by one, in a pattern that compilers make vector instructions of. */
#include "lanes_loop.h"
#include <string.h>

/* The widest vectors are slow at moving bytes across. */
enum { SMALL_BLOCK = 32 };

/* Where byte k of an element of `width` bytes is in memory; bytes of a plane count from the lowest. */
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define BYTE(k, width) ((width) - 1 - (k))
#else
#define BYTE(k, width) (k)
#endif

LPU_CLONES static void join_2(uint8_t *restrict d, const uint8_t *restrict p0, const uint8_t *restrict p1, size_t lanes)
{
    EACH_LANE_BY(SMALL_BLOCK, l, (d[2 * l + BYTE(0, 2)] = p0[l], d[2 * l + BYTE(1, 2)] = p1[l]));
}

LPU_CLONES static void join_4(uint8_t *restrict d, const uint8_t *restrict p0, const uint8_t *restrict p1,
                              const uint8_t *restrict p2, const uint8_t *restrict p3, size_t lanes)
{
    EACH_LANE_BY(SMALL_BLOCK, l, (d[4 * l + BYTE(0, 4)] = p0[l], d[4 * l + BYTE(1, 4)] = p1[l],
                                  d[4 * l + BYTE(2, 4)] = p2[l], d[4 * l + BYTE(3, 4)] = p3[l]));
}

LPU_CLONES static void split_2(uint8_t *restrict p0, uint8_t *restrict p1, const uint8_t *restrict a, size_t lanes)
{
    EACH_LANE_BY(SMALL_BLOCK, l, (p0[l] = a[2 * l + BYTE(0, 2)], p1[l] = a[2 * l + BYTE(1, 2)]));
}

LPU_CLONES static void split_4(uint8_t *restrict p0, uint8_t *restrict p1, uint8_t *restrict p2, uint8_t *restrict p3,
                               const uint8_t *restrict a, size_t lanes)
{
    EACH_LANE_BY(SMALL_BLOCK, l, (p0[l] = a[4 * l + BYTE(0, 4)], p1[l] = a[4 * l + BYTE(1, 4)],
                                  p2[l] = a[4 * l + BYTE(2, 4)], p3[l] = a[4 * l + BYTE(3, 4)]));
}

void lanes_join(void *restrict elements, const uint8_t *const planes[], unsigned width, size_t lanes)
{
    if (width == 1)
        memcpy(elements, planes[0], lanes);
    else if (width == 2)
        join_2(elements, planes[0], planes[1], lanes);
    else
        join_4(elements, planes[0], planes[1], planes[2], planes[3], lanes);
}

void lanes_split(uint8_t *const planes[], const void *restrict elements, unsigned width, size_t lanes)
{
    if (width == 1)
        memcpy(planes[0], elements, lanes);
    else if (width == 2)
        split_2(planes[0], planes[1], elements, lanes);
    else
        split_4(planes[0], planes[1], planes[2], planes[3], elements, lanes);
}

LPU_CLONES static void fill_2(uint16_t *d, uint16_t bits, size_t lanes) { EACH_LANE(l, d[l] = bits); }
LPU_CLONES static void fill_4(uint32_t *d, uint32_t bits, size_t lanes) { EACH_LANE(l, d[l] = bits); }

void lanes_fill(void *restrict elements, uint32_t bits, unsigned width, size_t lanes)
{
    if (width == 1)
        memset(elements, (int)(bits & 0xFF), lanes);
    else if (width == 2)
        fill_2(elements, (uint16_t)bits, lanes);
    else
        fill_4(elements, bits, lanes);
}
