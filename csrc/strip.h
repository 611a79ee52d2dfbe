/* Strips: many rounds of an innermost loop at once.
 *
 * A loop that goes round often is a cycle of planned bundles, whose steps are plain sequential code on registers. A
 * strip is made of it once (strip_find.c, strip_build.c): each step is a *value*, with a lane for every round. Values
 * that grow by the same in each round are *linear*, and known by where they begin; the others are columns of lanes,
 * made step by step (strip_lanes.c). Before anything is changed (strip_run.c), the rounds are cut off in front of the
 * first that is not like the others: that faults, that leaves the loop in its middle, that would read what an earlier
 * one stores. The run loop goes on there. A strip leaves behind what the run loop would have left.
 */
#ifndef LPU_STRIP_H
#define LPU_STRIP_H
#include "machine.h"

enum { STRIP_LANES = 128, STRIP_BLOCK = 16, MOST_TURNS = 64, MOST_VALUES = 256, MOST_ACCESSES = 64, MOST_OPS = 512,
       MOST_PARTS = 8, MOST_PASSES = 16 };
enum { COLUMN_WORDS = STRIP_BLOCK + STRIP_LANES }; /* the last word in front of the lanes is what was before */
enum { ROUNDS_BEFORE_STRIP = 32 };

/* In front of the lanes of a nest's place: what it holds in the first round, and how it grows. */
enum { LANES_BASE = -2, LANES_STEP = -1 };

enum { NEGATED = 1 << 16 }; /* of an exit, beside its condition: that is when the loop is left */

/* What is no step of the interpreter: values, and what ops do. */
enum {
    STRIP_ADDRESS = KIND_STRIP + 1, /* k + a * b + c; up to here are those that compute */
    STRIP_LEAF,                     /* what no round changes */
    STRIP_PHI,                      /* what a register holds when a round begins that changes it */
    STRIP_LOAD,
    STRIP_RAMP,  /* lanes of a linear value */
    STRIP_GROUP, /* `count` ops that follow need each other: lane by lane */
    STRIP_SUM,   /* the same, of additions whose sum alone matters */
    STRIP_EXIT,      /* cut where a branch leaves the loop */
    STRIP_LAST_EXIT, /* the same, behind the round */
    STRIP_ASSERT,
    STRIP_DIVISOR, /* cut where the divisor fails */
    STRIP_BANKS,   /* cut where an access meets the bank of its partner */
    STRIP_STORE,   /* cut where a store is out of range */
    STRIP_TEST_STORE, STRIP_TEST_REGISTER, STRIP_TEST_GUARD, /* cut where what is stored, a register takes or holds passes */
    /* of nests: what a place holds is the same in all rounds, or grows evenly, and known by two numbers */
    NEST_EVEN,   /* k + a * b + c */
    NEST_SAME,   /* a step, of kind `value` */
    NEST_SPREAD, /* lanes of what is even */
    NEST_LOAD, NEST_LOAD_SAME, NEST_STORE,
    NEST_BRANCH, /* all rounds go the same way */
    NEST_AGAIN,  /* the same behind a round of an inner loop: goes round again if the condition holds */
    NEST_LOOP, NEST_NO_LOOP, /* `loop`, whose body is gone through, or not */
    NEST_LOOP_CHECK,
    NEST_ROUND,       /* a round of an inner hardware loop that is not the last */
    NEST_ROUND_AGAIN, /* one that may be */
    STRIP_KINDS
};

typedef struct {
    uint32_t kind, k;
    uint16_t sources[3], last; /* values; of a phi: the value that the next round begins with */
    bool is_constant, is_invariant, is_linear, knows_step;
    bool in_lanes; /* a column is made of it */
    uint32_t base, step; /* of a linear value: in the first round, and how it grows; else what the last round has */
    uint32_t *lanes;
    const uint32_t *place; /* of a leaf or phi: where it is read */
} strip_value;

/* An access to a word. Words from `first` to before `end` are known to be written, and in one bank, in the slice of a
 * run in which that was found out. */
typedef struct strip_access {
    uint16_t address, value; /* what is loaded or stored */
    uint16_t partner;        /* the access of the same bundle in front of it, if any */
    bool is_store, has_partner, is_plain; /* plain: of all rounds it is known that they stay in `bank` */
    bool is_watched;                      /* some memory is watched by such accesses: not this */
    uint32_t first, end, bank;
    const strip_value *at; /* the address, and lanes of the value */
    uint32_t *lanes;
    const struct strip_access *with; /* the partner */
    uint64_t slice, in_vain, ends; /* the slices in which that could not be found out; in which no more was */
} strip_access;

typedef struct {
    uint32_t kind, k;
    uint16_t value, count; /* the number of the value or access that it is about */
    uint32_t *d;
    const uint32_t *a, *b, *c;
    strip_access *access;
} strip_op;

/* What a place holds in the end. */
typedef struct {
    uint32_t *place;
    uint16_t value;
} strip_result;

/* What is copied when a strip begins; a value in lanes that is copied to its place when it ends; a base computed. */
typedef struct {
    uint32_t *to;
    const uint32_t *from;
} strip_copy;

typedef struct {
    uint32_t *base;
    const uint32_t *a, *b, *c;
    uint32_t kind, k;
} strip_line;

typedef struct {
    lpu_node *node;
    bool taken, jumps; /* jumps: it is no going round either */
    uint32_t cost;     /* cycles to the next fetch */
} strip_turn;

/* Turns from `first` to before `end`, and their ops: an inner loop, or what lies between. */
typedef struct {
    uint32_t first, end, first_op;
    uint32_t cost; /* cycles of it that lead to another round */
    bool is_loop;
    uint64_t rounds; /* of it in a round of the whole */
} strip_part;

/* A guard without a test, at the bundle of a turn. */
typedef struct {
    uint32_t guard, turn;
} strip_pass;

typedef struct {
    strip_turn turns[MOST_TURNS];
    strip_pass passes[MOST_PASSES];
    strip_part parts[MOST_PARTS]; /* of a nest */
    uint32_t count, part_count, pass_count;
} strip_path;

/* What a place of a nest has as a round begins: a register's value, and how it grows from one to the next. */
typedef struct {
    uint32_t *lanes;
    const uint32_t *from;
    uint32_t step;
} nest_entry;

/* The words that all rounds of a load touch, each time that it is made. */
typedef struct {
    int64_t low, high;
    uint64_t times;
} nest_reach;

struct lpu_strip {
    lpu_node *last;
    uint32_t first_kind; /* of the head, which begins with KIND_STRIP instead */
    uint32_t cost, last_offset; /* cycles of a round; and to its last bundle */
    uint32_t lanes, misses, failures;
    uint32_t end;    /* the kind of step at the end of a round */
    bool ends_taken; /* by a jump */
    uint32_t jump, jump_offset; /* the turn of the last jump but that at the end, if any */
    uint32_t turn_count, op_count, sum_first, access_count, store_count;
    uint32_t copy_count, line_count, growing_count, lone_count, result_count, lane_count;
    uint32_t part_count, pass_count;
    strip_turn *turns;
    strip_part *parts;
    strip_pass *passes;
    bool has_guards;
    strip_value *values;
    strip_op *ops; /* from `sum_first` on those that come last */
    strip_access *accesses;
    strip_access **stores;
    strip_copy *copies;    /* registers to values, when it begins */
    strip_line *lines;     /* bases to compute then, in order */
    strip_value **growing; /* linear ones that grow by what is known only then, in order */
    strip_value **lones;   /* steps of which the last round is enough, in order: `base` is that */
    strip_copy *lanes_out; /* lanes to places, when it ends */
    strip_result *results; /* the other values that places have then */
    /* of a nest, which has parts (strip_nest.h) */
    bool is_nest;
    uint32_t entry_count, even_count;
    uint32_t ahead, opening; /* ops from there on find out how many rounds there are; come first of all */
    nest_entry *entries;
    strip_copy *evens;      /* even places that are copied, when it ends */
    strip_value *addresses; /* of accesses */
    nest_reach *reaches;
};

/* How a strip ends: before a node that is about to be fetched in cycle `now`; or, when it `leaves`, behind the last,
 * which issued then and goes on along `next`. */
typedef struct {
    lpu_node *node;
    uint64_t now;
    bool leaves;
} lpu_strip_end;

/* A strip that is run. */
typedef struct {
    lpu_machine *m;
    lpu_strip *strip;
    uint32_t rounds;  /* that nothing speaks against so far */
    uint64_t leaving; /* how many rounds there are if the last branch leaves; 0: it does not */
} strip_run;

/* A loop may end behind this node: make a strip of it, unless it is none that can be. */
void lpu_try_strip(lpu_machine *m, lpu_node *last);
lpu_strip_end lpu_run_strip(lpu_machine *m, lpu_node *entry, uint64_t now, uint64_t until);

/* An op that is done one by one; the rounds that are left. */
uint32_t lpu_strip_do(strip_run *run, const strip_op *op);

/* How long a round takes, how long it takes to its end, and where its last jump is. */
void lpu_time_strip(lpu_strip *strip);

/* How often a turn is in a round. */
uint64_t lpu_times(const lpu_strip *strip, uint32_t turn);

/* strip_nest_run.c: go through a nest that begins in cycle `now`: how many rounds there are, and what they leave. */
void lpu_run_nest(strip_run *run, uint64_t now, uint64_t until);

/* strip_find.c: the cycle of bundles through a node; false when there is none. */
bool lpu_find_loop(lpu_node *head, strip_path *path);
/* The same with loops in it. */
bool lpu_find_nest(lpu_node *head, strip_path *path);
/* How many rounds, alike but for what is in flight, lead from a node to the head of a strip; 0 when none do. */
uint32_t lpu_rounds_to_head(const lpu_strip *strip, const lpu_node *node);
/* The kind of the step that ends a node, or one that no strip has. */
uint32_t lpu_end_kind(const lpu_node *node);

/* strip_stops.c: whether no words near these are watched. */
bool lpu_strip_is_far(const lpu_machine *m, int64_t low, int64_t high);
/* The rounds before the first in which a test passes. */
uint32_t lpu_strip_test(const lpu_machine *m, const strip_op *op, uint32_t rounds);
/* Note which guards without a test a path passes; false when they are too many. The rounds up to the first in which one
 * stops; count them as passed. */
bool lpu_find_passes(const lpu_machine *m, strip_path *path);
uint32_t lpu_strip_passing(const lpu_machine *m, const lpu_strip *strip, uint32_t rounds);
void lpu_strip_pass(lpu_machine *m, const lpu_strip *strip, uint32_t rounds);

/* strip_lanes.c: the value of a step that computes; lanes of the steps from `op` on up to the first that does not. */
/* Bases and growth of all linear values, as the registers are. */
void lpu_begin_strip(lpu_strip *strip);
void lpu_find_growth(const strip_value *all, strip_value *value);

uint32_t lpu_strip_value(uint32_t kind, uint32_t a, uint32_t b, uint32_t c, uint32_t k);
const strip_op *lpu_strip_compute(const strip_op *op, uint32_t rounds);
void lpu_strip_ramp(uint32_t *lanes, uint32_t base, uint32_t step, uint32_t rounds);
/* Ops that need each other; sums of which only the last round counts. */
void lpu_strip_group(const strip_op *ops, uint32_t count, uint32_t rounds);
void lpu_strip_sum(const strip_op *ops, uint32_t count, uint32_t rounds);

/* strip_memory.c: loads, and checks of banks, from `op` on, up to the first op of another kind; fewer rounds may be
 * left then. The others return how many are. */
const strip_op *lpu_strip_loads(lpu_machine *m, const strip_op *op, uint32_t *rounds);
uint32_t lpu_strip_load(lpu_machine *m, strip_access *access, uint32_t rounds);
uint32_t lpu_strip_in_range(const lpu_machine *m, strip_access *access, uint32_t rounds);
const strip_op *lpu_strip_banks(const lpu_machine *m, const strip_op *op, uint32_t *rounds);
uint32_t lpu_rounds_apart(const strip_access *store, const strip_access *load, uint32_t rounds);
uint32_t lpu_strip_apart(const lpu_strip *strip, uint32_t rounds);
void lpu_strip_store(lpu_machine *m, const lpu_strip *strip, uint32_t rounds);

/* Where an access lies in a round. */
static inline uint32_t lpu_strip_address(const strip_value *at, uint32_t round)
{
    return at->is_linear ? at->base + round * at->step : at->lanes[round];
}

#endif
