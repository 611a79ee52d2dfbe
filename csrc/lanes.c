/* Which function a row of class V is. */
#include "lanes.h"
#include "lanes_float.h"
#include "lanes_integer.h"
#include "lanes_loop.h"

LANES2(vadd_wrap_8, uint8_t, uint8_t, uint8_t, add_8)
LANES2(vadd_f32, uint32_t, uint32_t, uint32_t, add_f32)
LANES2(vmul_f32, uint32_t, uint32_t, uint32_t, mul_f32)
LANES1(vrelu_f32, uint32_t, uint32_t, relu_f32)

#define ENTRY(SEMANTICS, saturate, TYPE, function) [LPU_SEM_##SEMANTICS][saturate][LPU_TYPE_##TYPE] = function,
static lane_function *const by_type[LPU_SEM_VDIV + 1][2][LPU_TYPE_F32 + 1] = {
    ENTRY(VADD, 0, I8, vadd_wrap_8) ENTRY(VADD, 0, U8, vadd_wrap_8)
    ENTRY(VADD, 0, F32, vadd_f32) ENTRY(VMUL, 0, F32, vmul_f32) ENTRY(VRELU, 0, F32, vrelu_f32)
};

lane_function *lanes_function_of(const lpu_row *row)
{
    return row->unit_class == LPU_CLASS_V ? by_type[row->semantics][row->saturate][row->type] : NULL;
}
