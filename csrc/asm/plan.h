/* A program on its way from pieces to bundles: blocks, the ways between them, what is in flight on each. */
#ifndef LPU_FRONT_PLAN_H
#define LPU_FRONT_PLAN_H
#include "front.h"
#include "intern.h"

enum { NOWHERE = -1, UNTOLD = -1 };

/* What decides what follows a block or bundle: how (FRONT_PASSES where nothing does), the cycles until what comes next,
 * or what it jumps to, is entered; the name of that place or -1; the rounds of a loop, as front.h has them; and a number,
 * -1 without such an op, equal for ops that are alike in all but the place. */
typedef struct {
    int32_t how, cycles, taken, target, rounds, number;
} leaving;

/* Cycles for each register, 0 where nothing is in flight. */
typedef int32_t in_flight[FRONT_REGISTERS];

/* A way to a block, or NOWHERE in this program, that settles some registers: see asm.schedule.paths. */
typedef struct {
    int32_t to;
    bool taken;
    uint64_t settles;
} edge;

/* A block with some of `names`. A linear one has ops [first, end) in the columns, or in `loose` where some are objects,
 * of a kind (UNTOLD without any), and a schedule; an explicit one has bundles. */
typedef struct {
    int32_t first_name, name_count, first, end, kind, schedule, first_edge, edge_count;
    bool is_explicit, is_loose, continues, ends_body;
    leaving control;
    uint64_t touched;
} block;

/* Ops [first, end) in the columns, whose likeness has a number, or those of an object, which has one, -1 for none; and
 * whether the scheduler made it. */
typedef struct {
    int32_t first, end, likeness, object, kind, is_linear;
    leaving control;
} bundle;

/* What a bundle does to registers, with the latency of each that it writes, and the pattern in which one in the columns
 * is written. */
typedef struct {
    uint64_t reads, written, touched;
    in_flight latencies;
    int32_t pattern;
} bundle_kind;

/* A schedule once it `is_told`: the cycles in which its last op issues and in which the latest one does, -1 without
 * ops; when each register has landed; by when what was in flight before must have, -1 for whenever. */
typedef struct {
    int32_t last, latest;
    in_flight landings, limits;
    bool is_told;
} schedule;

/* A bundle made of a block: its cycle from the start of that, its kind, and what decides what follows, FRONT_OWN where
 * that is the block's own. */
typedef struct {
    int32_t cycle, kind;
    leaving control;
} beat;

/* How the blocks of a schedule are packed that are left so much later, once it `is_told`: a pattern, or objects from one
 * on (-1 for none), the cycles to the end of one that is not left by a jump, and its beats. */
typedef struct {
    int32_t pattern, object, length, first_beat, beat_count;
    bool is_told;
} packing;

/* A label, the entry and the bundle before which it stands. */
typedef struct {
    int32_t name, entry, bundle;
} label;

/* A bundle as the static checks see it: see front_seen. */
typedef struct {
    int32_t kind, target, run, cycle, entry, beat, is_entered, is_linear;
    leaving control;
} seen;

typedef struct {
    grown blocks, bundles, kinds, schedules, packings, beats, labels, seen;
    grown kind_of; /* int32_t by the likeness of a bundle */
    grown edges;   /* block by block */
    grown names;   /* int32_t: those of labels, block by block */
    grown loose;   /* int32_t: ops in the columns, or ~ the number of an op that is an object */
    grown before;  /* blocks, while others are put among them */
    grown touched; /* uint64_t by the kind of a block: its registers, with the top bit once that is told */
    grown marks;   /* uint8_t by name: how it is entered */
    grown where;   /* int32_t by name: its block; once bundles are made, the one that it stands before */
    grown entries; /* int32_t, 3 an entry: see front_write */
    grown objects; /* int32_t by object: its entry; once that is told, its last op */
    grown flights; /* in_flight on entry to each block */
    grown changed; /* uint8_t by block: whether more came to it than it was scheduled for */
    interned scheduled, packed, controls;
    block current;
    int32_t accesses;               /* of the current block */
    int32_t loose_count;            /* ops that are objects */
    int32_t at;                     /* how far a walk came that asks */
    int32_t near, run, cycle, stood; /* where bundles are made, and how many labels have one */
    bool seam;
} plan;

void lpu_plan_start(plan *p);
void lpu_plan_free(plan *p);
/* Begin the current block, give it a name, add an op to the loose ones of it, keep it; whether there is memory. */
void lpu_begin(plan *p);
bool lpu_add_name(plan *p, int32_t name);
bool lpu_add_loose(plan *p, int32_t op);
bool lpu_keep_block(plan *p);
/* The number of a bundle of objects, -1 when there is no memory; and how an op leaves, of an object that has a number. */
int32_t lpu_add_object(plan *p);
leaving lpu_leaving(plan *p, const int32_t *leaves, int32_t of, int32_t number);
/* The registers that a block reads or writes. */
uint64_t lpu_touched(const plan *p, const block *b);
/* The block that the end of the loop is before that a block begins; NOWHERE when it begins none. */
int32_t lpu_end_of_loop(const plan *p, int32_t number);
/* How a name is entered; where it stands; and say that it stands somewhere. */
int lpu_marks_of(const plan *p, int32_t name);
int32_t lpu_where(const plan *p, int32_t name);
bool lpu_stand(plan *p, int32_t name, int32_t at);
/* By how many cycles a linear block must be left later than scheduled, and the number of its packing then. */
int32_t lpu_shortfall(const plan *p, int32_t number);

static const leaving STAYS = {FRONT_PASSES, 1, 0, -1, FRONT_UNKNOWN, -1};
static inline edge *lpu_edges(const plan *p, const block *b)
{
    return b->edge_count ? (edge *)p->edges.items + b->first_edge : NULL;
}
static inline block *lpu_block(const plan *p, int32_t number) { return (block *)p->blocks.items + number; }

#endif
