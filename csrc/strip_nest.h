/* Nests: strips of a loop that has loops in it.
 *
 * Lanes are rounds of the outer loop. Its bundles, and those of the loops in it, are gone through one after the other
 * (strip_nest_run.c), each step for all rounds at once, on places instead of registers: rounds that do not go the same
 * way as the others are cut off. What a place holds at each step is found when the nest is made (strip_nest_make.c): the same
 * in all rounds, what grows evenly from round to round, or lanes. Registers, memory and counts stay as they are up to
 * the end; then they become what the run loop would have left.
 */
#ifndef LPU_STRIP_NEST_H
#define LPU_STRIP_NEST_H
#include "strip_make.h"

enum { MOST_PLACES = 240, MOST_DRAFTS = 2 * MOST_OPS, MOST_KEPT = 32, FIRST_PLACE = MINUS_ONE + 1, FIRST_FREE_PLACE = FIRST_PLACE + STRIP_PLACES };

typedef enum { SAME, EVEN, LANES, UNKNOWN /* not written in this round */ } nest_class;

/* An op by numbers of places, and of the access or turn that it is about, or the kind of step. */
typedef struct {
    uint32_t kind, k;
    uint16_t d, number, sources[3];
} nest_draft;

typedef struct {
    uint8_t classes[MOST_PLACES];
    bool has_lanes[MOST_PLACES]; /* of what is no lanes, they were made */
} nest_state;

/* Where a value comes from: a place as the round begins, and what was added to it; NO_VALUE if that is not known. */
typedef struct {
    uint16_t from;
    uint32_t more;
} nest_origin;

typedef struct {
    uint32_t *undo;
    const lpu_micro *last; /* that writes it */
} nest_kept;

typedef struct {
    lpu_machine *m;
    strip_path path;
    bool failed;
    uint32_t place_count, draft_count, access_count, kept_count;
    uint32_t ahead, opening;       /* drafts that find out how many rounds there are; that come first of all */
    uint32_t steps[MOST_PLACES];   /* how places grow from round to round, as one begins */
    uint32_t numbers[MOST_PLACES]; /* of constants */
    uint32_t *homes[MOST_PLACES];  /* where a value is copied to in the end; NULL where it is not */
    bool is_constant[MOST_PLACES], is_written[MOST_PLACES], is_read[MOST_PLACES], is_opened[MOST_PLACES];
    nest_origin origins[MOST_PLACES];
    uint8_t begins[MOST_PLACES]; /* classes as a round begins */
    nest_state now;
    nest_kept kept[MOST_KEPT]; /* what is kept for undoing that is in flight when a round ends */
    const strip_part *part;    /* where the making is, and the number of its turn */
    uint32_t turn;
    uint16_t first_access;     /* of the bundle, NO_VALUE where there is none */
    uint16_t leaving;          /* the place that the last branch looks at, and its condition */
    uint32_t leaves;
    strip_access accesses[MOST_ACCESSES];
    nest_draft drafts[MOST_DRAFTS];
} nest_maker;

/* strip_nest_even.c: which places are written in a round, and of those how they grow where that is known. */
void lpu_nest_find_even(nest_maker *maker);
/* strip_nest_steps.c: add an op; the lanes of a place; the ops of a turn. */
void lpu_nest_draft(nest_maker *maker, nest_draft op);
void lpu_nest_need_lanes(nest_maker *maker, uint16_t place);
void lpu_nest_make_turn(nest_maker *maker, uint32_t turn);
/* strip_nest_make.c: the ops of a round, and those that find out how many rounds there are. */
void lpu_nest_make(nest_maker *maker);

/* The place of a step's source; that of a register or temporary. */
uint16_t lpu_nest_source(nest_maker *maker, const uint32_t *from);
/* A step that computes, by places. */
strip_value lpu_nest_value(nest_maker *maker, const lpu_micro *step, uint32_t kind);

static inline bool loads(uint32_t kind) { return kind == LPU_SEM_LD || kind == KIND_LD_SECOND; }

static inline bool stores(uint32_t kind) { return kind == LPU_SEM_ST || kind == KIND_ST_SECOND; }

static inline bool computes(uint32_t kind)
{
    return (kind < LPU_SEM_LD && kind != LPU_SEM_ASSERT) || kind == KIND_LATE_MOV;
}

typedef void nest_visit(nest_maker *maker, const lpu_micro *step, uint32_t kind);

/* Visit the steps of a node that compute, access memory or check; its last, which says where to go on. Other steps make the
 * nest fail. */
const lpu_micro *lpu_nest_visit(nest_maker *maker, const lpu_node *node, nest_visit *visit);

#endif
