/* vcvts: to float, times a scale, to a type; each step rounds to nearest, ties to even. */
#include "lanes_convert.h"
#include "lanes_loop.h"
#include "lanes_round.h"

/* X(to, D, from, S) and X(TO, to, FROM, from) */
#define FROM_ALL(X, to, D) \
    X(to, D, i8, int8_t) X(to, D, u8, uint8_t) X(to, D, i16, int16_t) X(to, D, u16, uint16_t) X(to, D, i32, int32_t) \
    X(to, D, u32, uint32_t) X(to, D, f16, uint16_t) X(to, D, bf16, uint16_t) X(to, D, f32, uint32_t)
#define FROM_EACH(X, TO, to) \
    X(TO, to, I8, i8) X(TO, to, U8, u8) X(TO, to, I16, i16) X(TO, to, U16, u16) X(TO, to, I32, i32) \
    X(TO, to, U32, u32) X(TO, to, F16, f16) X(TO, to, BF16, bf16) X(TO, to, F32, f32)

#define SCALED(to, D, from, S) \
    static inline D scaled_##to##_##from(S a, uint32_t scale) { return to_##to(from_##from(a) * as_float(scale)); } \
    LANES2(scaled_##to##_##from, D, S, uint32_t)
FROM_ALL(SCALED, i8, int8_t)
FROM_ALL(SCALED, u8, uint8_t)
FROM_ALL(SCALED, i16, int16_t)
FROM_ALL(SCALED, u16, uint16_t)
FROM_ALL(SCALED, i32, int32_t)
FROM_ALL(SCALED, u32, uint32_t)
FROM_ALL(SCALED, f16, uint16_t)
FROM_ALL(SCALED, bf16, uint16_t)
FROM_ALL(SCALED, f32, uint32_t)

#define ENTRY(TO, to, FROM, from) [LPU_TYPE_##TO][LPU_TYPE_##FROM] = lanes_scaled_##to##_##from,
static lane_function *const functions[LPU_TYPE_F32 + 1][LPU_TYPE_F32 + 1] = {
    FROM_EACH(ENTRY, I8, i8) FROM_EACH(ENTRY, U8, u8) FROM_EACH(ENTRY, I16, i16) FROM_EACH(ENTRY, U16, u16)
    FROM_EACH(ENTRY, I32, i32) FROM_EACH(ENTRY, U32, u32) FROM_EACH(ENTRY, F16, f16) FROM_EACH(ENTRY, BF16, bf16)
    FROM_EACH(ENTRY, F32, f32)
};

lane_function *scaled_conversion_of(const lpu_row *row) { return functions[row->type][row->type2]; }
