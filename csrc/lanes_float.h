/* Float ops on one element, given and returned as bits. 16-bit types are computed as floats and rounded to their type:
 * a float has more than twice their digits and two, so that rounding twice is rounding once (Figueroa, 1995). */
#ifndef LPU_LANES_FLOAT_H
#define LPU_LANES_FLOAT_H
#include <math.h>
#include "lanes_number.h"

/* X(name, type, bits, infinity) */
#define FOR_FLOATS(X) X(f16, uint16_t, 16, 0x7C00u) X(bf16, uint16_t, 16, 0x7F80u) X(f32, uint32_t, 32, 0x7F800000u)

/* a below b as signed numbers, -0 below +0 */
static inline int16_t ordered_16(uint16_t a) { return (int16_t)(a >> 15 ? a ^ 0x7FFF : a); }
static inline int32_t ordered_32(uint32_t a) { return (int32_t)(a >> 31 ? a ^ 0x7FFFFFFF : a); }

#define OF_FLOAT(name, T, bits, infinity) \
    enum { MAGNITUDE_##name = (T)~0u >> 1 }; \
    static inline int is_nan_##name(T a) { return (a & MAGNITUDE_##name) > infinity; } \
    static inline T canonical_##name(int nan, T a) { return nan ? (T)(infinity | infinity >> 1) : a; } \
    static inline T add_##name(T a, T b) { return to_##name(from_##name(a) + from_##name(b)); } \
    static inline T sub_##name(T a, T b) { return to_##name(from_##name(a) - from_##name(b)); }
FOR_FLOATS(OF_FLOAT)
#undef OF_FLOAT

static inline uint32_t mul_f32(uint32_t a, uint32_t b) { return to_f32(from_f32(a) * from_f32(b)); }
static inline uint32_t relu_f32(uint32_t a) { return to_f32(from_f32(a) <= 0 ? 0 : from_f32(a)); }

#endif
