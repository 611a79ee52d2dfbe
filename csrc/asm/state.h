/* What a front holds: lines and holes as read, recipes as told, ops as taken, syllables as written. */
#ifndef LPU_FRONT_STATE_H
#define LPU_FRONT_STATE_H
#include "front.h"
#include "intern.h"

/* What fills a hole, and the columns [column, end) of the line that it stands in, from 1. */
typedef struct {
    int64_t value;
    int32_t column, end;
} hole;

/* A line: its key, or one of FRONT_PLAIN and FRONT_BLANK, its first hole, its number in what it is from. */
typedef struct {
    int32_t key;
    uint32_t hole;
    int32_t number, origin;
} line_read;

/* `word` has the opcode; `unit`, `target` and `scale` say where the values hold these, -1 for none, and `registers`
 * where they hold registers; of each field, where its low bits go, how many there are, what is taken off its value and
 * where the others go in the extension. */
typedef struct {
    int32_t row, unit, target, scale, is_access, is_control, registers[FRONT_FIELDS], register_count, field_count;
    uint64_t word;
    struct {
        int32_t position, width, bias, ext_position, ext_width;
    } fields[FRONT_FIELDS];
} form;

/* Where numbers that were told begin, and how many they are; `count` 0 for none. */
typedef struct {
    uint32_t start, count;
} told;

/* What a name stands for, and what it may be used for. */
typedef struct {
    int64_t value;
    int32_t uses;
} symbol;

struct front {
    interned keys, names, uses, bundles, blocks;
    grown lines;   /* line_read */
    grown holes;   /* hole */
    grown forms;   /* form */
    grown symbols; /* symbol, by name */
    grown numbers; /* int64_t: recipes and patterns */
    grown recipes; /* told, by key */
    grown patterns;
    grown ops;    /* front_op */
    grown pieces; /* int32_t, FRONT_PIECE a piece */
    grown scratch;
    grown text; /* uint64_t */
    grown columns[FRONT_COLUMNS];
};

#define ITEMS(g, type) ((type *)(g).items)
#define COUNT(g, type) ((int32_t)((g).size / sizeof(type)))

_Static_assert(sizeof(front_op) == FRONT_OP * sizeof(int64_t), "an op is so many numbers");

/* Keep numbers; where they are is in `place`. */
bool lpu_front_keep(front *f, const int64_t *numbers, int32_t count, told *place);

#endif
