/* What a front holds: lines and holes as read, recipes as told, ops as taken, syllables as written. */
#ifndef LPU_FRONT_STATE_H
#define LPU_FRONT_STATE_H
#include "front.h"
#include "intern.h"
#include "plan.h"

/* What fills a hole and where it stands. In the body of a macro, the value of one at GIVEN is the number of the hole of
 * the use that fills it. */
typedef front_hole hole;
enum { GIVEN = 0, MOST_HOLES = 64 };

/* A use of a macro: where it is, and the number of the macro. */
typedef struct {
    int32_t origin, line, column, end, macro;
} call;

/* A line: its key, or one of FRONT_PLAIN and FRONT_BLANK, its first hole, its number in what it is from. */
typedef struct {
    int32_t key;
    uint32_t hole;
    int32_t number, origin;
} line_read;

/* `word` has the opcode; `unit`, `target`, `scale` and `count` say where the values hold these, -1 for none, and
 * `registers` where they hold registers; `control` is how an op decides what follows, after so many `cycles`, or so many
 * when a jump is `taken`; of each field, where its low bits go, how many there are, what is taken off its value and
 * where the others go in the extension. `lane_row` says where the values of a burst hold a row. */
typedef struct {
    int32_t row, unit, target, scale, count, is_access, control, cycles, taken;
    int32_t is_burst, lane_row;
    int32_t registers[FRONT_FIELDS], register_count, field_count;
    uint64_t word;
    struct {
        int32_t position, width, bias, ext_position, ext_width;
    } fields[FRONT_BURST_FIELDS];
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
    interned keys, names, uses, bundles, blocks, spots, forms_of;
    interned bursts; /* int64_t: form, fields */
    interned runs_of;
    int64_t rows;    /* that bursts may name */
    grown written;   /* uint64_t, FRONT_WRITTEN a burst */
    grown lines;   /* line_read */
    grown holes;   /* hole */
    grown forms;   /* form */
    grown symbols; /* symbol, by name */
    grown numbers; /* int64_t: recipes and patterns */
    grown recipes; /* told, by key */
    grown patterns;
    grown integers; /* int64_t: of lists, before each how many there are */
    grown ops;      /* front_op */
    grown pieces;   /* int32_t, FRONT_PIECE a piece */
    size_t taken;   /* bytes of these that there were when lines were taken last */
    grown left;     /* int32_t: lines that were not taken, and the pieces before each */
    grown calls;    /* call */
    grown labels;   /* int32_t, FRONT_DEFINED a label */
    grown objects;  /* int32_t, FRONT_DATA_OBJECT an object */
    grown data;     /* uint8_t */
    grown scratch;
    grown text; /* uint64_t */
    grown program;
    grown stretches; /* int64_t, FRONT_STRETCH a stretch */
    grown runs;      /* int32_t, FRONT_RUN a run */
    grown columns[FRONT_COLUMNS];
    plan plan;
};

#define ITEMS(g, type) ((type *)(g).items)
#define COUNT(g, type) ((int32_t)((g).size / sizeof(type)))

_Static_assert(sizeof(front_op) == FRONT_OP * sizeof(int64_t), "an op is so many numbers");
_Static_assert(sizeof(seen) == FRONT_SEEN * sizeof(int32_t), "a bundle that is seen is so many numbers");

/* Add a number to a column. */
static inline bool put_number(front *f, int column, int64_t number)
{
    int64_t *at = grow(&f->columns[column], sizeof *at);
    if (at)
        *at = number;
    return at;
}

/* Keep numbers; where they are is in `place`. */
bool lpu_front_keep(front *f, const int64_t *numbers, int32_t count, told *place);
/* Number the origins of what is written as they come; those that are met are a column of their own. */
bool lpu_front_meet(front *f);

/* The first op of an explicit bundle in the columns. */
static inline front_op *lpu_first_of(const front *f, const seen *here)
{
    return &ITEMS(f->ops, front_op)[ITEMS(f->plan.entries, int32_t)[3 * (size_t)here->entry + 1]];
}

/* How many holes a line has. */
int32_t lpu_front_holes(const front *f, int32_t line);

#endif
