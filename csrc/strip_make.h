/* What the making of a strip shares: values, accesses and checks as they are found, before there is room for them. */
#ifndef LPU_STRIP_MAKE_H
#define LPU_STRIP_MAKE_H
#include "strip.h"

enum { STRIP_PLACES = STATE_REGISTERS + TEMPS, NO_VALUE = 0xFFFF, SET_WORDS = MOST_VALUES / 64, MOST_CHECKS = 64 };
enum { ZERO, ONE, MINUS_ONE }; /* the first values */
enum { MOST_RESULTS = STATE_REGISTERS + 64 };

/* Of a check: its op, the value it looks at, and a second one, or the number of an access. */
typedef struct {
    uint32_t kind, k;
    uint16_t value, other;
} strip_check;

/* An op by numbers of values. */
typedef struct {
    uint32_t kind, k;
    uint16_t value, count, sources[3];
} strip_draft;

typedef struct {
    lpu_machine *m;
    strip_path path;
    bool failed; /* this is no loop for a strip, or too large */
    uint32_t value_count, access_count, check_count, draft_count, result_count, sum_first;
    uint16_t current[STRIP_PLACES], entered[STRIP_PLACES]; /* values by place: now, and as a round begins */
    strip_value values[MOST_VALUES];
    strip_access accesses[MOST_ACCESSES];
    strip_check checks[MOST_CHECKS];
    strip_draft drafts[MOST_OPS];
    strip_result results[MOST_RESULTS];
    bool is_needed[MOST_VALUES], is_drafted[MOST_VALUES], is_lone[MOST_VALUES], is_late[MOST_VALUES];
    uint64_t reached[MOST_VALUES][SET_WORDS]; /* values that a value is made of, those of earlier rounds among them */
} strip_maker;

/* strip_collect.c: the values of a round, its accesses and checks, and what places hold in the end. */
void lpu_strip_collect(strip_maker *maker);
/* strip_linear.c: which values are linear. */
void lpu_strip_find_linear(strip_maker *maker);
/* strip_order.c: which values need lanes, and the ops that make them, in order. */
void lpu_strip_order(strip_maker *maker);

static inline bool is_step(const strip_value *value) { return value->kind <= STRIP_ADDRESS; }

static inline bool divides(uint32_t kind) { return kind >= LPU_SEM_DIV && kind <= LPU_SEM_REM_U32; }

/* What a strip adds up in any order. */
static inline bool is_sum(const strip_value *value) { return value->kind == LPU_SEM_ADD; }

#endif
