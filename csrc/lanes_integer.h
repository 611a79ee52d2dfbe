/* Integer ops on one element. What is the same for signed and unsigned is there once a width (add_8), the rest once a
 * type (add_i8). Where an op wraps it is unsigned; where it saturates it is done in a type that holds every result. */
#ifndef LPU_LANES_INTEGER_H
#define LPU_LANES_INTEGER_H
#include <stdint.h>

/* X(name, type, bits, least, greatest, wide): wide holds the sum and the product of any two */
#define FOR_SIGNED(X) \
    X(i8, int8_t, 8, INT8_MIN, INT8_MAX, int32_t) X(i16, int16_t, 16, INT16_MIN, INT16_MAX, int32_t) \
    X(i32, int32_t, 32, INT32_MIN, INT32_MAX, int64_t)
#define FOR_UNSIGNED(X) \
    X(u8, uint8_t, 8, 0, UINT8_MAX, uint32_t) X(u16, uint16_t, 16, 0, UINT16_MAX, uint32_t) \
    X(u32, uint32_t, 32, 0, UINT32_MAX, uint64_t)
#define FOR_INTEGERS(X) FOR_SIGNED(X) FOR_UNSIGNED(X)
#define FOR_WIDTHS(X) X(8, uint8_t) X(16, uint16_t) X(32, uint32_t)

/* Wrapping, and logic */
#define OF_WIDTH(bits, T) \
    static inline T add_##bits(T a, T b) { return (T)((uint32_t)a + b); } \
    static inline T sub_##bits(T a, T b) { return (T)((uint32_t)a - b); } \
    static inline T mul_##bits(T a, T b) { return (T)((uint32_t)a * b); } \
    static inline T neg_##bits(T a) { return (T)(0u - a); } \
    static inline T abs_##bits(T a) { return a >> (bits - 1) ? neg_##bits(a) : a; } \
    static inline T and_##bits(T a, T b) { return a & b; } \
    static inline T or_##bits(T a, T b) { return a | b; } \
    static inline T xor_##bits(T a, T b) { return a ^ b; } \
    static inline T not_##bits(T a) { return (T)~a; } \
    static inline T shl_##bits(T a, T b) { return (T)((uint32_t)a << (b & (bits - 1))); } \
    static inline T mov_##bits(T a) { return a; } \
    static inline T sel_##bits(uint8_t mask, T a, T b) { return mask ? a : b; }
FOR_WIDTHS(OF_WIDTH)
#undef OF_WIDTH

/* Compilers know a lesser and a greater, but not a clamp of two comparisons. */
#define OF_INTEGER(name, T, bits, least, greatest, wide) \
    static inline T min_##name(T a, T b) { return a < b ? a : b; } \
    static inline T max_##name(T a, T b) { return a > b ? a : b; } \
    static inline T within_##name(T a, T low, T high) { return min_##name(max_##name(a, low), high); }
FOR_INTEGERS(OF_INTEGER)
#undef OF_INTEGER

/* Saturating; >> of a negative number lets its sign in, with gcc and clang. */
#define OF_SIGNED(name, T, bits, least, greatest, wide) \
    static inline T saturate_##name(wide x) \
    { \
        wide raised = x > least ? x : least; \
        return (T)(raised < greatest ? raised : greatest); \
    } \
    static inline T add_##name(T a, T b) { return saturate_##name((wide)a + b); } \
    static inline T sub_##name(T a, T b) { return saturate_##name((wide)a - b); } \
    static inline T mul_##name(T a, T b) { return saturate_##name((wide)a * b); } \
    static inline T neg_##name(T a) { return saturate_##name(-(wide)a); } \
    static inline T abs_##name(T a) { return max_##name(a, neg_##name(a)); } \
    static inline T relu_##name(T a) { return max_##name(a, 0); } \
    static inline T sar_##name(T a, T b) { return (T)(a >> (b & (bits - 1))); }
FOR_SIGNED(OF_SIGNED)
#undef OF_SIGNED

#define OF_UNSIGNED(name, T, bits, least, greatest, wide) \
    static inline T saturate_##name(wide x) { return (T)(x < greatest ? x : greatest); } \
    static inline T add_##name(T a, T b) { return saturate_##name((wide)a + b); } \
    static inline T sub_##name(T a, T b) { return (T)(max_##name(a, b) - b); } \
    static inline T mul_##name(T a, T b) { return saturate_##name((wide)a * b); } \
    static inline T shr_##name(T a, T b) { return (T)(a >> (b & (bits - 1))); }
FOR_UNSIGNED(OF_UNSIGNED)
#undef OF_UNSIGNED

/* Two i4 in a byte */
static inline int8_t low_i4(uint8_t a) { return (int8_t)((a & 15) - ((a & 8) << 1)); }
static inline int8_t high_i4(uint8_t a) { return low_i4(a >> 4); }
static inline uint8_t saturate_i4(int8_t a) { return (uint8_t)within_i8(a, -8, 7) & 15; }
static inline uint8_t pack_i4(int8_t a, int8_t b) { return (uint8_t)(saturate_i4(a) | saturate_i4(b) << 4); }

#endif
