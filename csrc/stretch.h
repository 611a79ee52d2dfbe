/* Stretches: many cycles of the tensor face at once, burst by burst instead of cycle by cycle.
 *
 * As long as bundles are fetched that have nothing but ops of the tensor face, the bursts that run are known, and so is all
 * that they will do with streams, whatever the values are. A stretch is some cycles in which no others are. It is first gone
 * through on paper: every element's rules are tested, and who samples whose result is noted. The first cycle in which a rule
 * breaks, or in which something happens that stretches know nothing of, is the end of it: what is before is known to be in
 * order. Then it is carried out, in blocks of a few cycles, in each block burst after burst, producers before consumers.
 * Results go from one to the other as buffers; only those that are still on the chip at the end become values on streams.
 *
 * Paper is a tape for every stream, with a place for every diagonal (tensor.h) that crosses the chip in these cycles.
 * Positions are gone through in the direction of flow, at each position first what is sampled there, in all cycles, then
 * what lands there: that is the order of things along every diagonal. On the tapes stand codes: of a value that was on
 * the chip before, its number; of a result of this stretch, its number here with IS_NEW. Registers of vector ALUs have
 * tapes, too, with a place a cycle.
 *
 * Cycles are counted from the beginning of the stretch.
 */
#ifndef LPU_STRETCH_H
#define LPU_STRETCH_H
#include "units.h"

enum {
    BLOCK_CYCLES = MATRIX_LATENCY, /* a plane multiplies as many vectors at a time, and has room for two such blocks */
    MOST_CYCLES = 10 * BLOCK_CYCLES, /* of a stretch */
    LEAST_CYCLES = 16,               /* that pay, with so many elements in each: */
    LEAST_ELEMENTS = 8,
    MOST_NODES = 64,
    MOST_RESULTS = MOST_NODES * MOST_CYCLES,
    MOST_SAMPLES = 2 * MOST_RESULTS,
    TAPE_PLACES = MOST_CYCLES + MAX_POSITIONS + 1,
    V_TAPE_PLACES = MOST_CYCLES + LANDINGS + 1,
    MOST_OLD = 4096, /* values that a stretch takes from streams, or results that were on their way */
    MOST_PATIENCE = 1024,
    MOST_FETCHES = 64,
    KNOWN = 256, /* bundles that are remembered, by address */
};

#define IS_NEW_BURST UINT32_MAX /* for a place */

#define SAMPLED 0x80000000u /* on tapes of streams: nothing is lost */
#define IS_NEW 0x40000000u
#define IS_OLD_VECTOR 0x20000000u /* the number is of one of `vectors` */
#define IS_PART 0x10000000u       /* of a sample of a single stream: the result has more */
#define CODE_NUMBER 0x0FFFFFFFu

/* A result, of a group. */
typedef struct {
    uint32_t buffer, value; /* what became of it, once it is */
    uint16_t uses;          /* how often it is sampled, and one more if it stays */
    uint8_t node;
    bool stays; /* on the chip beyond the end */
} stretch_result;

/* A burst. Its elements have consecutive numbers, so have its results, and samples of a stream. */
typedef struct {
    const lpu_tensor_op *op;
    lpu_burst burst; /* as it is at the beginning */
    uint32_t place;  /* among the machine's bursts, IS_NEW_BURST for one that begins here */
    uint32_t count, done, first_number;
    uint32_t first_time, first_result, first_sample[MAX_SOURCES]; /* where theirs begin */
    uint8_t codes[MAX_SOURCES];                                   /* of each of its elements */
    bool is_dense;                                                /* one in each cycle, from the first to the last */
    bool lends;                                                   /* what it sends on stays where it is meanwhile */
    unsigned early;                                               /* cycles that are carried out before all others */
    uint64_t after;                                               /* a bit for each node that comes first in a block */
} stretch_node;

/* What was on the tape, and something else landed on. */
typedef struct {
    uint32_t code;
    unsigned stream;
} stretch_gone;

/* A value that was on its way before: it lands in `cycle`. Those that land at one place are a list. */
typedef struct {
    uint32_t value, next;
    unsigned cycle;
} stretch_pending;

/* A bundle at an address, its ops from `first` on among all, and whether it may be fetched in a stretch. */
typedef struct {
    uint32_t pc, next, cost, first, count;
    bool is_known, is_plain;
} stretch_bundle;

/* The fetch of one. */
typedef struct {
    uint64_t cycle;
    uint32_t first, count;
} stretch_fetch;

struct lpu_stretch {
    unsigned least;           /* cycles that are made a stretch; 0 for none */
    uint64_t count;           /* of stretches carried out */
    uint64_t cycles;          /* of those of this slice of a run */
    uint64_t retry, patience; /* no attempt before a cycle; how long to wait after one in vain */
    unsigned length, cut;     /* cycles; the first one in which something is in the way */
    uint32_t node_count, time_count, result_count, sample_count, pending_count, gone_count, vector_count, late_count;
    uint64_t live; /* a bit for each stream that has a tape */
    uint32_t live_vectors;
    stretch_node nodes[MOST_NODES];
    uint8_t order[MOST_NODES];
    unsigned block;
    uint8_t times[MOST_RESULTS];
    uint32_t rows[MOST_RESULTS];
    stretch_result results[MOST_RESULTS];
    uint32_t samples[MOST_SAMPLES];
    uint32_t tapes[DIRECTIONS * STREAMS][TAPE_PLACES];
    uint32_t pending_at[DIRECTIONS][MAX_POSITIONS];
    stretch_pending pending[MOST_OLD];
    stretch_gone gone[MOST_OLD];
    uint64_t late_claims[LANDINGS][MAX_POSITIONS];
    uint32_t late[MOST_OLD];     /* results that land after the end */
    uint32_t finished[MOST_OLD + DIRECTIONS * STREAMS * MAX_POSITIONS]; /* values that are no more, once all is done */
    uint32_t finished_count;
    lpu_vector vectors[V_COUNT * (LANDINGS + 1)]; /* what v registers held, or were about to */
    bool vector_stays[V_COUNT * (LANDINGS + 1)];
    uint32_t v_tapes[V_COUNT][V_TAPE_PLACES];
    uint32_t v_landing[V_COUNT][V_TAPE_PLACES];
    uint16_t written[1 << 13]; /* rows of a slice: one more than the cycle in which they are written */
    stretch_bundle known[KNOWN];
    stretch_fetch fetches[MOST_FETCHES]; /* from its beginning on, perhaps beyond its end */
    uint32_t fetch_count;
};

/* stretch.c: go on from the machine's cycle for some cycles, up to one at most; false when no stretch is made of them. */
bool lpu_try_stretch(lpu_machine *m, uint64_t until);

/* Something is in the way in a cycle. */
static inline void stretch_cut(lpu_stretch *s, unsigned cycle) { s->cut = cycle < s->cut ? cycle : s->cut; }

static inline const stretch_node *maker_of(const lpu_stretch *s, uint32_t code)
{
    return &s->nodes[s->results[code & CODE_NUMBER].node];
}

/* Where what a code says is. */
static inline uint32_t stretch_buffer(const lpu_tensor *t, uint32_t code)
{
    const lpu_stretch *s = t->stretch;
    if (code & IS_NEW)
        return s->results[code & CODE_NUMBER].buffer;
    return code & IS_OLD_VECTOR ? s->vectors[code & CODE_NUMBER].buffer : t->streams.values[code & CODE_NUMBER].buffer;
}

/* The first stream of the group that a code is a result of, and its width. */
static inline unsigned group_of(const lpu_tensor *t, uint32_t code, unsigned *width)
{
    const lpu_stretch *s = t->stretch;
    if (!(code & IS_NEW)) {
        const lpu_value *value = &t->streams.values[code & CODE_NUMBER];
        *width = value->width;
        return value->stream;
    }
    const stretch_node *node = maker_of(s, code);
    const lpu_place *target = &node->op->target;
    *width = target->width;
    return target->number + ((code & CODE_NUMBER) - node->first_result) % target->groups * target->width;
}

static inline bool is_v_place(const lpu_place *place)
{
    return place->number >= LPU_V_REGISTERS && place->number < LPU_V_REGISTERS + V_COUNT;
}

/* How many codes an element notes of a source: one where it is to be all of a result, else one a stream. */
static inline unsigned codes_of(const lpu_place *place)
{
    if (place->number >= LPU_SCALARS)
        return 0;
    return place->groups <= 1 ? 1 : (unsigned)place->width * place->groups;
}

/* stretch_ahead.c: find the fetches that may be part of a stretch; the first cycle that cannot, which is `until` at most. */
uint64_t stretch_look_ahead(lpu_machine *m, uint64_t until);
/* The burst that an op begins in a cycle. */
lpu_burst stretch_burst_of(const lpu_machine *m, const lpu_tensor_op *op, uint64_t cycle);
/* A burst comes after those that had its units before. */
void stretch_follow(lpu_stretch *s, stretch_node *node);
/* Carry out the fetches before a cycle. */
void stretch_fetch_all(lpu_machine *m, uint64_t end);

/* stretch_flow.c: streams. */
void stretch_trace_streams(lpu_machine *m);
/* What is left of the tapes: losses, and what stays; once all is in order, and before it is carried out. */
void stretch_close_streams(lpu_machine *m);
/* Afterwards, at the cycle that follows. */
void stretch_leave_streams(lpu_machine *m);

/* stretch_vectors.c: the same for v registers. */
void stretch_trace_vectors(lpu_machine *m);
void stretch_close_vectors(lpu_machine *m);
void stretch_leave_vectors(lpu_machine *m);
/* The register that a code on its tape is, which holds nothing for code 0. */
lpu_vector stretch_vector(const lpu_machine *m, uint32_t code);

/* stretch_rules.c: the rules of units, memory and planes; what has to be in order between bursts that meet there. */
void stretch_test_rules(lpu_machine *m);

/* stretch_feed.c: which bursts may lend what they send on. */
void stretch_find_lenders(lpu_machine *m);
/* What planes can be told beforehand about the results that are taken: whether there is anything. The bursts that bring them
 * activations, once carried out as far as they are said to be early, have given them what is to be multiplied. */
bool stretch_begin_feeds(lpu_machine *m);

/* stretch_many.c: carry out elements of a burst up to number `end`, or as many as are of a kind that goes together; says up
 * to which. */
uint32_t stretch_carry_many(lpu_machine *m, const stretch_node *node, uint32_t end);

/* stretch_carry.c */
void stretch_carry_out(lpu_machine *m);

#endif
