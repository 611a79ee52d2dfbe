/* Lanes of several bytes against byte planes: a stream, like a row of memory, holds one byte of every lane. */
#ifndef LPU_PLANAR_H
#define LPU_PLANAR_H
#include <stddef.h>
#include <stdint.h>

/* planes: 4 streams, byte k of every lane on the k-th; words: [lanes] */
static inline void planar_join(const uint8_t *const *planes, uint32_t *restrict words, size_t lanes)
{
    const uint8_t *b0 = planes[0], *b1 = planes[1], *b2 = planes[2], *b3 = planes[3];
    for (size_t n = 0; n < lanes; n++)
        words[n] = b0[n] | (uint32_t)b1[n] << 8 | (uint32_t)b2[n] << 16 | (uint32_t)b3[n] << 24;
}

static inline void planar_split(const uint32_t *restrict words, uint8_t *const *planes, size_t lanes)
{
    for (size_t k = 0; k < 4; k++) {
        uint8_t *restrict plane = planes[k];
        for (size_t n = 0; n < lanes; n++)
            plane[n] = (uint8_t)(words[n] >> 8 * k);
    }
}

/* planes: 2 streams; halves: [lanes] */
static inline void planar_join_halves(const uint8_t *const *planes, uint16_t *restrict halves, size_t lanes)
{
    const uint8_t *low = planes[0], *high = planes[1];
    for (size_t n = 0; n < lanes; n++)
        halves[n] = (uint16_t)(low[n] | high[n] << 8);
}

#endif
