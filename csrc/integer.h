/* A0 A1 A2: integer, logic, compare, move. Each function is one semantics of the table: the sources in operand
 * order, and k, the op's own constant. Arithmetic is unsigned, so that it wraps. */
#ifndef LPU_INTEGER_H
#define LPU_INTEGER_H
#include "machine.h"

#define OP(name) static inline uint32_t op_##name(uint32_t a, uint32_t b, uint32_t c, uint32_t k)
#define UNUSED(x) ((void)(x))

/* gcc and clang define what C leaves open: the conversion wraps, and >> of the result is arithmetic. */
static inline int32_t as_signed(uint32_t x) { return (int32_t)x; }
static inline uint32_t low_bits(uint32_t n) { return n >= 32 ? ~0u : (1u << n) - 1; } /* a mask of n ones */

OP(add) { UNUSED(c), UNUSED(k); return a + b; }
OP(sub) { UNUSED(c), UNUSED(k); return a - b; }
OP(and) { UNUSED(c), UNUSED(k); return a & b; }
OP(or)  { UNUSED(c), UNUSED(k); return a | b; }
OP(xor) { UNUSED(c), UNUSED(k); return a ^ b; }
OP(shl) { UNUSED(c), UNUSED(k); return a << (b & 31); }
OP(shr) { UNUSED(c), UNUSED(k); return a >> (b & 31); }
OP(sar) { UNUSED(c), UNUSED(k); return (uint32_t)(as_signed(a) >> (b & 31)); }

OP(min)     { UNUSED(c), UNUSED(k); return as_signed(a) < as_signed(b) ? a : b; }
OP(max)     { UNUSED(c), UNUSED(k); return as_signed(a) > as_signed(b) ? a : b; }
OP(min_u32) { UNUSED(c), UNUSED(k); return a < b ? a : b; }
OP(max_u32) { UNUSED(c), UNUSED(k); return a > b ? a : b; }

/* c is the condition code, k the truth table of the condition */
OP(sel) { return k >> (c & 15) & 1 ? a : b; }

OP(mov) { UNUSED(b), UNUSED(c), UNUSED(k); return a; }
OP(not) { UNUSED(b), UNUSED(c), UNUSED(k); return ~a; }
OP(neg) { UNUSED(b), UNUSED(c), UNUSED(k); return 0u - a; }
OP(abs) { UNUSED(b), UNUSED(c), UNUSED(k); return a >> 31 ? 0u - a : a; }

OP(popc)
{
    UNUSED(b), UNUSED(c), UNUSED(k);
    a -= a >> 1 & 0x55555555u;
    a = (a & 0x33333333u) + (a >> 2 & 0x33333333u);
    return ((a + (a >> 4)) & 0x0F0F0F0Fu) * 0x01010101u >> 24;
}

OP(clz)
{
    /* smear the leading one downwards: the zeros left are the leading ones of a */
    for (uint32_t shift = 1; shift < 32; shift <<= 1)
        a |= a >> shift;
    return op_popc(~a, b, c, k);
}

OP(cmp)
{
    UNUSED(c), UNUSED(k);
    uint32_t equal = a == b, less = as_signed(a) < as_signed(b), below = a < b;
    return equal * LPU_CC_EQ | less * LPU_CC_LT | below * LPU_CC_LTU;
}

/* b is the position, k the length */
OP(ext_u32) { UNUSED(c); return a >> (b & 31) & low_bits(k); }

OP(ext)
{
    uint32_t field = op_ext_u32(a, b, c, k), sign = 1u << (k - 1);
    return (field ^ sign) - sign;
}

/* c is the position, k the length */
OP(ins)
{
    uint32_t mask = low_bits(k) << (c & 31);
    return (a & ~mask) | (b << (c & 31) & mask);
}

#endif
