/* Elements and their byte planes. */
#include "lanes_loop.h"
#include <string.h>

LPU_CLONES static void join_2(uint16_t *restrict d, const uint8_t *restrict p0, const uint8_t *restrict p1, size_t lanes)
{
    EACH_LANE(l) d[l] = (uint16_t)(p0[l] | p1[l] << 8);
}

LPU_CLONES static void join_4(uint32_t *restrict d, const uint8_t *restrict p0, const uint8_t *restrict p1,
                              const uint8_t *restrict p2, const uint8_t *restrict p3, size_t lanes)
{
    EACH_LANE(l) d[l] = p0[l] | (uint32_t)p1[l] << 8 | (uint32_t)p2[l] << 16 | (uint32_t)p3[l] << 24;
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

LPU_CLONES static void split(uint8_t *restrict d, const void *restrict elements, unsigned shift, size_t lanes)
{
    const uint32_t *restrict a = elements;
    EACH_LANE(l) d[l] = (uint8_t)(a[l] >> shift);
}

LPU_CLONES static void split_2(uint8_t *restrict p0, uint8_t *restrict p1, const uint16_t *restrict a, size_t lanes)
{
    EACH_LANE(l) p0[l] = (uint8_t)a[l];
    EACH_LANE(l) p1[l] = (uint8_t)(a[l] >> 8);
}

void lanes_split(uint8_t *const planes[], const void *restrict elements, unsigned width, size_t lanes)
{
    if (width == 1)
        memcpy(planes[0], elements, lanes);
    else if (width == 2)
        split_2(planes[0], planes[1], elements, lanes);
    else
        for (unsigned k = 0; k < width; k++)
            split(planes[k], elements, 8 * k, lanes);
}

void lanes_fill(void *restrict elements, uint32_t bits, unsigned width, size_t lanes)
{
    if (width == 1)
        memset(elements, (int)(bits & 0xFF), lanes);
    else if (width == 2)
        EACH_LANE(l) ((uint16_t *)elements)[l] = (uint16_t)bits;
    else
        EACH_LANE(l) ((uint32_t *)elements)[l] = bits;
}
