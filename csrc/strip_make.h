/* What the making of a strip shares: values, accesses and checks as they are found, before there is room for them. */
#ifndef LPU_STRIP_MAKE_H
#define LPU_STRIP_MAKE_H
#include <string.h>
#include "strip.h"

enum { STRIP_PLACES = STATE_REGISTERS + TEMPS, NO_VALUE = 0xFFFF, SET_WORDS = MOST_VALUES / 64, MOST_CHECKS = 128 };
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

/* Room in the arena, laid out one after the other: the first pass, without a place, counts bytes. */
typedef struct {
    uint8_t *place;
    size_t used;
} strip_room;

static inline void *take(strip_room *room, size_t bytes)
{
    void *place = room->place ? room->place + room->used : NULL;
    room->used += (bytes + 63) / 64 * 64;
    return place;
}

static inline void *take_copy(strip_room *room, const void *from, size_t bytes)
{
    void *place = take(room, bytes);
    return place ? memcpy(place, from, bytes) : NULL;
}

/* A table of what is made of some of so many: how many these are, and each, when there is room. */
#define TAKE_TABLE(table, count, most, wish, ...)                              \
    do {                                                                       \
        table = take(room, (most) * sizeof *table);                            \
        for (uint32_t i = count = 0; i < (most); i++)                          \
            if (wish) {                                                        \
                if (table)                                                     \
                    table[count] = __VA_ARGS__;                                \
                count++;                                                       \
            }                                                                  \
    } while (0)

/* Puts what a maker made into a strip, in room that may be only counted. */
typedef void (*lpu_layout)(lpu_strip *strip, strip_room *room, const void *maker);

/* A strip as it is laid out, in one piece of the arena; NULL when that is full. */
lpu_strip *lpu_laid_out(lpu_machine *m, lpu_layout lay_out, const void *maker);
/* What a strip has of its path. */
void lpu_lay_out_path(lpu_strip *strip, strip_room *room, const strip_path *path);

/* strip_nest_build.c: a nest; NULL when it cannot be. */
lpu_strip *lpu_make_nest(lpu_machine *m, lpu_node *head);

/* strip_collect.c: the values of a round, its accesses and checks, and what places hold in the end. */
void lpu_strip_collect(strip_maker *maker);
/* strip_linear.c: which values are linear. */
void lpu_strip_find_linear(strip_maker *maker);
/* A step as k + a * b + c; what is none stays as it is. Sources are numbers, those of constants first. */
strip_value lpu_strip_in_shape(const strip_value *value);
/* strip_order.c: which values need lanes, and the ops that make them, in order. */
void lpu_strip_order(strip_maker *maker);

static inline bool is_step(const strip_value *value) { return value->kind <= STRIP_ADDRESS; }

/* A step that looks whether something stops the run; the next one is an operand of KIND_TEST_STORE. */
static inline bool looks_for_stops(uint32_t kind)
{
    return kind == KIND_WATCH_ACCESS || kind == KIND_GUARD || kind == KIND_TEST_STORE || kind == KIND_TEST_REGISTER;
}

/* Whether a write to a register is in flight where a bundle is fetched. */
static inline bool has_flight(const lpu_node *node, uint32_t reg)
{
    uint32_t i = 0;
    while (i < node->before_count && node->before[i].reg != reg)
        i++;
    return i < node->before_count;
}

static inline bool divides(uint32_t kind) { return kind >= LPU_SEM_DIV && kind <= LPU_SEM_REM_U32; }

/* What a strip adds up in any order. */
static inline bool is_sum(const strip_value *value) { return value->kind == LPU_SEM_ADD; }

#endif
