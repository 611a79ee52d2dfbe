/* vcvt, vcvtz, vcvtd, vcvtu: between types. */
#include "lanes_convert.h"
#include "lanes_loop.h"
#include "lanes_round.h"

/* X(..., to, D, least, greatest) and X(..., TO, to), for each integer type */
#define TO_INTEGERS(X, ...) \
    X(__VA_ARGS__, i8, int8_t, INT8_MIN, INT8_MAX) X(__VA_ARGS__, u8, uint8_t, 0, UINT8_MAX) \
    X(__VA_ARGS__, i16, int16_t, INT16_MIN, INT16_MAX) X(__VA_ARGS__, u16, uint16_t, 0, UINT16_MAX) \
    X(__VA_ARGS__, i32, int32_t, INT32_MIN, INT32_MAX) X(__VA_ARGS__, u32, uint32_t, 0, UINT32_MAX)
#define EACH_INTEGER(X, ...) \
    X(__VA_ARGS__, I8, i8) X(__VA_ARGS__, U8, u8) X(__VA_ARGS__, I16, i16) X(__VA_ARGS__, U16, u16) \
    X(__VA_ARGS__, I32, i32) X(__VA_ARGS__, U32, u32)

/* Integers to integers: x is brought to the range that both types have. That to its own type no row asks for. */
static inline int64_t min_wide(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t max_wide(int64_t a, int64_t b) { return a > b ? a : b; }

#define SATURATED(from, S, low, high, to, D, least, greatest) \
    static inline D to_##to##_##from(S a) \
    { \
        return (D)within_##from(a, (S)max_wide(least, low), (S)min_wide(greatest, high)); \
    } \
    LANES1(to_##to##_##from, D, S)

/* Integers to floats */
#define TO_FLOATS(from, S) \
    static inline uint16_t to_f16_##from(S a) { return to_f16(sticky_##from(a)); } \
    static inline uint16_t to_bf16_##from(S a) { return to_bf16(sticky_##from(a)); } \
    static inline uint32_t to_f32_##from(S a) { return to_f32(from_##from(a)); } \
    LANES1(to_f16_##from, uint16_t, S) LANES1(to_bf16_##from, uint16_t, S) LANES1(to_f32_##from, uint32_t, S)

#define FROM_INTEGER(from, S, bits, low, high, wide) TO_INTEGERS(SATURATED, from, S, low, high) TO_FLOATS(from, S)
FOR_INTEGERS(FROM_INTEGER)

/* Floats to integers, in four roundings */
#define ROUNDED(from, S, to, D, rounding) \
    static inline D to_##rounding##_##to##_##from(S a) { return to_##rounding##_##to(from_##from(a)); } \
    LANES1(to_##rounding##_##to##_##from, D, S)
#define IN_FOUR_ROUNDINGS(from, S, to, D, least, greatest) FOR_ROUNDINGS(ROUNDED, from, S, to, D)
TO_INTEGERS(IN_FOUR_ROUNDINGS, f16, uint16_t)
TO_INTEGERS(IN_FOUR_ROUNDINGS, bf16, uint16_t)
TO_INTEGERS(IN_FOUR_ROUNDINGS, f32, uint32_t)

/* Floats to floats */
#define FLOAT(to, D, from, S) \
    static inline D to_##to##_##from(S a) { return to_##to(from_##from(a)); } \
    LANES1(to_##to##_##from, D, S)
FLOAT(f16, uint16_t, bf16, uint16_t)
FLOAT(f16, uint16_t, f32, uint32_t)
FLOAT(bf16, uint16_t, f16, uint16_t)
FLOAT(bf16, uint16_t, f32, uint32_t)
FLOAT(f32, uint32_t, f16, uint16_t)
FLOAT(f32, uint32_t, bf16, uint16_t)

#define TO(FROM, from, TO, to) [LPU_TYPE_##TO][LPU_TYPE_##FROM][LPU_ROUND_EVEN] = lanes_to_##to##_##from,
#define ALL_TO(FROM, from) \
    EACH_INTEGER(TO, FROM, from) TO(FROM, from, F16, f16) TO(FROM, from, BF16, bf16) TO(FROM, from, F32, f32)
#define BY_ROUNDING(FROM, from, TO, to) \
    [LPU_TYPE_##TO][LPU_TYPE_##FROM] = { \
        [LPU_ROUND_EVEN] = lanes_to_even_##to##_##from, [LPU_ROUND_ZERO] = lanes_to_zero_##to##_##from, \
        [LPU_ROUND_DOWN] = lanes_to_down_##to##_##from, [LPU_ROUND_UP] = lanes_to_up_##to##_##from, \
    },
static lane_function *const functions[LPU_TYPE_F32 + 1][LPU_TYPE_F32 + 1][LPU_ROUND_UP + 1] = {
    ALL_TO(I8, i8) ALL_TO(U8, u8) ALL_TO(I16, i16) ALL_TO(U16, u16) ALL_TO(I32, i32) ALL_TO(U32, u32)
    EACH_INTEGER(BY_ROUNDING, F16, f16) EACH_INTEGER(BY_ROUNDING, BF16, bf16) EACH_INTEGER(BY_ROUNDING, F32, f32)
    TO(F16, f16, BF16, bf16) TO(F16, f16, F32, f32)
    TO(BF16, bf16, F16, f16) TO(BF16, bf16, F32, f32)
    TO(F32, f32, F16, f16) TO(F32, f32, BF16, bf16)
};

lane_function *conversion_of(const lpu_row *row) { return functions[row->type][row->type2][row->rounding]; }
