/* M0: integer multiply and divide. The divisions are only called when division_fails says they do not. */
#ifndef LPU_MULTIPLY_H
#define LPU_MULTIPLY_H
#include "integer.h"

OP(mul) { UNUSED(c), UNUSED(k); return a * b; }
OP(mad) { UNUSED(k); return a * b + c; }

OP(mulh_u32) { UNUSED(c), UNUSED(k); return (uint32_t)((uint64_t)a * b >> 32); }

OP(mulh)
{
    UNUSED(c), UNUSED(k);
    uint64_t product = (uint64_t)((int64_t)as_signed(a) * as_signed(b));
    return (uint32_t)(product >> 32);
}

OP(div)     { UNUSED(c), UNUSED(k); return (uint32_t)(as_signed(a) / as_signed(b)); }
OP(rem)     { UNUSED(c), UNUSED(k); return (uint32_t)(as_signed(a) % as_signed(b)); }
OP(div_u32) { UNUSED(c), UNUSED(k); return a / b; }
OP(rem_u32) { UNUSED(c), UNUSED(k); return a % b; }

/* E-DIV, for each of the dividing semantics: by zero, and signed what overflows. */
static inline bool division_fails_signed(uint32_t a, uint32_t b) { return !b || (a == 0x80000000u && b == ~0u); }
static inline bool division_fails_unsigned(uint32_t a, uint32_t b) { UNUSED(a); return !b; }
#define fails_div division_fails_signed
#define fails_rem division_fails_signed
#define fails_div_u32 division_fails_unsigned
#define fails_rem_u32 division_fails_unsigned

#endif
