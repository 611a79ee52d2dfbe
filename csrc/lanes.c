/* The functions of arithmetic, logic and choice, and which function a row of class V is. */
#include "lanes.h"
#include "lanes_convert.h"
#include "lanes_float.h"
#include "lanes_integer.h"
#include "lanes_loop.h"
#include "special.h"

/* Loops ------------------------------------------------------------------------------------------------------ */
#define BINARY(f, T) LANES2(f, T, T, T)
#define UNARY(f, T) LANES1(f, T, T)

#define OF_WIDTH(bits, T) \
    BINARY(add_##bits, T) BINARY(sub_##bits, T) BINARY(mul_##bits, T) UNARY(neg_##bits, T) UNARY(abs_##bits, T) \
    BINARY(and_##bits, T) BINARY(or_##bits, T) BINARY(xor_##bits, T) UNARY(not_##bits, T) BINARY(shl_##bits, T) \
    UNARY(mov_##bits, T) LANES3(sel_##bits, T, uint8_t, T, T)
FOR_WIDTHS(OF_WIDTH)

#define OF_ANY(name, T) \
    BINARY(add_##name, T) BINARY(sub_##name, T) BINARY(mul_##name, T) BINARY(min_##name, T) BINARY(max_##name, T)
#define WITH_SIGNS(name, T) OF_ANY(name, T) UNARY(neg_##name, T) UNARY(abs_##name, T) UNARY(relu_##name, T)
#define OF_SIGNED(name, T, bits, least, greatest, wide) WITH_SIGNS(name, T) BINARY(sar_##name, T)
#define OF_UNSIGNED(name, T, bits, least, greatest, wide) OF_ANY(name, T) BINARY(shr_##name, T)
#define OF_FLOAT(name, T, S, bits, infinity) WITH_SIGNS(name, T)
FOR_SIGNED(OF_SIGNED)
FOR_UNSIGNED(OF_UNSIGNED)
FOR_FLOATS(OF_FLOAT)

LANES3(fma_f32, uint32_t, uint32_t, uint32_t, uint32_t)
LANES1(low_i4, int8_t, uint8_t)
LANES1(high_i4, int8_t, uint8_t)
LANES2(pack_i4, uint8_t, int8_t, int8_t)

/* Comparisons: a mask of ones where they hold ------------------------------------------------------------------ */
#define COMPARISON(f, T, value, operation) \
    static inline uint8_t f(T a, T b) { return value(a) operation value(b) ? 0xFF : 0; } \
    LANES2(f, uint8_t, T, T)
#define COMPARISONS(name, T, value) \
    COMPARISON(eq_##name, T, value, ==) COMPARISON(ne_##name, T, value, !=) COMPARISON(lt_##name, T, value, <) \
    COMPARISON(le_##name, T, value, <=) COMPARISON(gt_##name, T, value, >) COMPARISON(ge_##name, T, value, >=)
#define COMPARED(name, T, bits, least, greatest, wide) COMPARISONS(name, T, )
#define COMPARED_FLOATS(name, T, S, bits, infinity) COMPARISONS(name, T, from_##name)
FOR_INTEGERS(COMPARED)
FOR_FLOATS(COMPARED_FLOATS)

/* Special functions -------------------------------------------------------------------------------------------- */
#define SPECIAL(name) \
    static void lanes_##name##_f32(void *restrict d, const void *restrict a, const void *restrict b, \
                                   const void *restrict c, size_t lanes) \
    { \
        (void)c; \
        lpu_##name##_lanes(d, a, b, lanes); \
    }
LPU_SPECIAL_FUNCTIONS(SPECIAL)

/* Tables ------------------------------------------------------------------------------------------------------- */
#define ENTRY(SEM, saturate, TYPE, f) [LPU_SEM_##SEM][saturate][LPU_TYPE_##TYPE] = lanes_##f,
#define SIGNED(SEM, saturate, f) \
    ENTRY(SEM, saturate, I8, f##_i8) ENTRY(SEM, saturate, I16, f##_i16) ENTRY(SEM, saturate, I32, f##_i32)
#define UNSIGNED(SEM, saturate, f) \
    ENTRY(SEM, saturate, U8, f##_u8) ENTRY(SEM, saturate, U16, f##_u16) ENTRY(SEM, saturate, U32, f##_u32)
#define INTEGERS(SEM, saturate, f) SIGNED(SEM, saturate, f) UNSIGNED(SEM, saturate, f)
#define FLOATS(SEM, f) ENTRY(SEM, 0, F16, f##_f16) ENTRY(SEM, 0, BF16, f##_bf16) ENTRY(SEM, 0, F32, f##_f32)
#define SIGNED_WIDTHS(SEM, f) ENTRY(SEM, 0, I8, f##_8) ENTRY(SEM, 0, I16, f##_16) ENTRY(SEM, 0, I32, f##_32)
#define WIDTHS(SEM, f) \
    SIGNED_WIDTHS(SEM, f) ENTRY(SEM, 0, U8, f##_8) ENTRY(SEM, 0, U16, f##_16) ENTRY(SEM, 0, U32, f##_32)
#define COPIES(SEM, f) WIDTHS(SEM, f) ENTRY(SEM, 0, F16, f##_16) ENTRY(SEM, 0, BF16, f##_16) ENTRY(SEM, 0, F32, f##_32)

static lane_function *const by_type[LPU_SEM_VDIV + 1][2][LPU_TYPE_F32 + 1] = {
    WIDTHS(VADD, add) INTEGERS(VADD, 1, add) FLOATS(VADD, add)
    WIDTHS(VSUB, sub) INTEGERS(VSUB, 1, sub) FLOATS(VSUB, sub)
    WIDTHS(VMUL, mul) INTEGERS(VMUL, 1, mul) FLOATS(VMUL, mul)
    INTEGERS(VMIN, 0, min) FLOATS(VMIN, min)
    INTEGERS(VMAX, 0, max) FLOATS(VMAX, max)
    SIGNED_WIDTHS(VNEG, neg) SIGNED(VNEG, 1, neg) FLOATS(VNEG, neg)
    SIGNED_WIDTHS(VABS, abs) SIGNED(VABS, 1, abs) FLOATS(VABS, abs)
    SIGNED(VRELU, 0, relu) FLOATS(VRELU, relu)
    ENTRY(VFMA, 0, F32, fma_f32)
    WIDTHS(VAND, and) WIDTHS(VOR, or) WIDTHS(VXOR, xor) WIDTHS(VNOT, not)
    WIDTHS(VSHL, shl) UNSIGNED(VSHR, 0, shr) SIGNED(VSAR, 0, sar)
    COPIES(VSEL, sel) COPIES(VMOV, mov)
    ENTRY(VUNPK_LO, 0, I4, low_i4) ENTRY(VUNPK_HI, 0, I4, high_i4) ENTRY(VPACK, 1, I4, pack_i4)
    ENTRY(VEXP, 0, F32, exp_f32) ENTRY(VEXP2, 0, F32, exp2_f32) ENTRY(VLOG2, 0, F32, log2_f32)
    ENTRY(VTANH, 0, F32, tanh_f32) ENTRY(VSIGMOID, 0, F32, sigmoid_f32) ENTRY(VRSQRT, 0, F32, rsqrt_f32)
    ENTRY(VRECIP, 0, F32, recip_f32) ENTRY(VSQRT, 0, F32, sqrt_f32) ENTRY(VDIV, 0, F32, div_f32)
};

/* A comparison is the set of outcomes for which it holds. */
enum { LESS = 1, EQUAL = 2, GREATER = 4, OUTCOMES = 8 };

#define COMPARISON_ENTRY(set, f) \
    [set] = {[LPU_TYPE_I8] = lanes_##f##_i8, [LPU_TYPE_I16] = lanes_##f##_i16, [LPU_TYPE_I32] = lanes_##f##_i32, \
             [LPU_TYPE_U8] = lanes_##f##_u8, [LPU_TYPE_U16] = lanes_##f##_u16, [LPU_TYPE_U32] = lanes_##f##_u32, \
             [LPU_TYPE_F16] = lanes_##f##_f16, [LPU_TYPE_BF16] = lanes_##f##_bf16, [LPU_TYPE_F32] = lanes_##f##_f32},
static lane_function *const by_outcomes[OUTCOMES][LPU_TYPE_F32 + 1] = {
    COMPARISON_ENTRY(EQUAL, eq) COMPARISON_ENTRY(LESS | GREATER, ne)
    COMPARISON_ENTRY(LESS, lt) COMPARISON_ENTRY(LESS | EQUAL, le)
    COMPARISON_ENTRY(GREATER, gt) COMPARISON_ENTRY(GREATER | EQUAL, ge)
};

/* Out of the condition's truth table over condition codes, of which 0 is greater. */
static unsigned outcomes(uint16_t condition)
{
    unsigned less = condition >> LPU_CC_LT & 1, equal = condition >> LPU_CC_EQ & 1, greater = condition & 1;
    return less * LESS | equal * EQUAL | greater * GREATER;
}

lane_function *lanes_function_of(const lpu_row *row)
{
    if (row->unit_class != LPU_CLASS_V)
        return NULL;
    switch (row->semantics) {
    case LPU_SEM_VCMP:
        return by_outcomes[outcomes(row->condition)][row->type];
    case LPU_SEM_VCVT:
        return conversion_of(row);
    case LPU_SEM_VCVTS:
        return scaled_conversion_of(row);
    default:
        return by_type[row->semantics][row->saturate][row->type];
    }
}
