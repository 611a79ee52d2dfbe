/* What the files of the core share: the machine, decoded ops, plans of bundles, and who offers what.
 *
 * Because time is architectural, which writes are in flight when a bundle issues depends on the path alone, never
 * on data. So the core *plans* a bundle once for every set of writes in flight it is met with (a `context`): all
 * hazards and write clashes are decided then, operands become pointers, and the ops are put in an order in which
 * each may write at once. A planned bundle is a `node`; nodes link to their successors, and running is walking.
 *
 * While running, a register holds its *newest* write, landed or not (the plan proves that nobody looks too early),
 * and the value it had before is kept in `undo` until the write lands, so that stopping can tell the two apart.
 */
#ifndef LPU_MACHINE_H
#define LPU_MACHINE_H
#include <stdbool.h>
#include "isa.gen.h"
#include "lpu.h"

static inline uint64_t least(uint64_t a, uint64_t b) { return a < b ? a : b; }

#if defined(__GNUC__)
#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)
#define SELDOM __attribute__((noinline)) /* a function for what is seldom: its caller is to be short */
#else
#define LIKELY(x) (x)
#define UNLIKELY(x) (x)
#define SELDOM
#endif

enum {
    STATE_REGISTERS = LPU_REGISTERS + 1, /* the condition code is the last */
    FIELDS = LPU_FIELD_LINK + 1,
    MAX_OPS = LPU_SCALAR_UNITS, /* in a bundle: one a unit */
    MAX_MICROS = 5 * MAX_OPS,
    MAX_FLIGHTS = LPU_IN_FLIGHT + MAX_OPS * LPU_MAX_LATENCY, /* those of a state, and what may be added meanwhile */
    MAX_LEVELS = LPU_MAX_LATENCY, /* writes in flight to one register: all land in different cycles */
    MAX_BUNDLE_SYLLABLES = 2 * LPU_UNITS,
    TEMPS = MAX_OPS + 1,
};

/* What an address of the text is. */
enum { STARTS = 1, LEGAL = 2, HAS_CONTROL = 4, ENDS_LOOP = 8, HAS_TENSOR = 16, HAS_ACCESS = 32,
       BREAKPOINT = 64, GUARDED = 128 };

/* An op as encoded. `unit` is its unit's order number, `slot` its place in the bundle as encoded. */
typedef struct {
    const lpu_row *row;
    uint64_t present; /* a bit per field that the format has */
    uint16_t unit, slot;
    uint64_t fields[FIELDS];
} lpu_op;

/* A bundle's scalar ops in unit order; its ops of the tensor face are counted. */
typedef struct {
    uint32_t pc, next;
    unsigned count, tensor_count;
    uint64_t claimed[LPU_UNITS / 64 + 1];
    lpu_op ops[MAX_OPS];
} lpu_bundle;

/* A step of a plan: an op with its operands resolved to places. A step that writes has `d`; `undo` is where a late
 * one keeps what it overwrites; both are scrap for those that write nothing. `k` is a constant of the op (a
 * displacement, a length, the truth table of a condition), `constant` one that a source points at. */
typedef struct {
    uint32_t kind, k, constant, slot;
    uint32_t *d, *undo;
    const uint32_t *a, *b, *c, *stored;
} lpu_micro;

/* Kinds of steps: the semantics of the table, and these. NOP is the plain end of a bundle, TRAP a fault for sure. */
enum {
    KIND_LD_SECOND = LPU_SEM_TRAP + 1, /* the second of two accesses to words: also checks their banks */
    KIND_ST_SECOND,
    KIND_PAIR,       /* checks ranges and banks of the two accesses that follow */
    KIND_LOOP_CHECK, /* the rules of `loop` that depend on the loop stack */
    KIND_LATE_MOV,
    KIND_LOOP_END,
    KIND_TEXT_END,
    KIND_TENSOR, /* the first of a bundle with ops of the tensor face: leaves the run loop, which knows none */
    /* stops.h */
    KIND_BREAK,
    KIND_WATCH_ISSUE,   /* the bundle touches something watched as it issues */
    KIND_WATCH_LANDING, /* a write to a watched register lands in k cycles */
    KIND_WATCH_ACCESS,  /* looks at the access that follows, of kind k (lpu_memory) */
    KIND_GUARD,         /* the first of the bundle's guards is number k */
    KIND_TEST_STORE,    /* tests what was stored by a store that follows, as an operand */
    KIND_TEST_REGISTER, /* tests the value `a` that register `constant` takes in k cycles */
    /* region.h */
    KIND_REGION, /* runs code that was made of this node and others */
    /* strip.h */
    KIND_STRIP, /* runs many rounds of the loop that begins here */
};

/* A write in flight, seen from a fetch: it lands in `remaining` cycles and was issued `age` cycles ago. Of several
 * to one register, the levels tell their undo places apart. */
typedef struct {
    uint32_t pc;
    uint16_t slot;
    uint8_t reg, remaining, age, level, pad[2];
} lpu_flight;

typedef struct {
    uint32_t count;
    lpu_flight flights[MAX_FLIGHTS]; /* by (remaining, register) */
} lpu_context;

typedef struct lpu_tensor lpu_tensor;
typedef struct lpu_tensor_op lpu_tensor_op;
typedef struct lpu_region lpu_region;
typedef struct lpu_strip lpu_strip;
typedef struct lpu_span lpu_span;
typedef struct lpu_node lpu_node;
struct lpu_node {
    lpu_node *next, *taken, *chain;
    uint64_t *issued;
    uint64_t cost;
    uint32_t pc, next_pc, taken_pc;
    uint16_t before_count, after_count, jump_slot;
    uint8_t taken_cost, exit_code;
    lpu_flight *before, *after; /* in flight at the fetch, and after the issue, both seen from the fetch */
    lpu_region *region;         /* of which it is an entry: the first step is KIND_REGION instead of `first_kind` */
    uint32_t entry, first_kind;
    uint32_t rounds;  /* how often it was the end of one, back to `taken` */
    uint32_t lead;    /* rounds from it to the head of its strip */
    lpu_strip *strip; /* in use when the first step is KIND_STRIP */
    lpu_micro steps[];
};

enum { BUCKETS = 1 << 14 };

/* SRAM. It never changes during a run, so the run loop may keep it at hand. What was written is told by the word; of words
 * written in part, which only accesses to lanes and hosts leave, by the byte. */
typedef struct {
    uint8_t *sram;
    uint64_t *written;   /* a bit for each word that was written as a whole */
    uint8_t *parts;      /* of the other words, a bit for each byte that was written */
    uint8_t *changed;    /* a byte for each LPU_CHANGED_BYTES */
    uint64_t bank_magic; /* word address -> bank: multiply and shift */
    uint32_t words;
} lpu_memory_map;

enum { WATCHED_BLOCK_SHIFT = 8, MOST_TOUCHED = 8 /* pieces of memory, by the stores of a bundle */ };

/* Who touches something: an op and its unit, LPU_NOWHERE where the op is not known. */
typedef struct {
    int64_t pc, slot, unit;
} lpu_toucher;

/* Bytes `first` to `last`, stored by an op. */
typedef struct {
    size_t first, last;
    lpu_toucher by;
} lpu_touched;

/* A watch, what it needs to test, and of elements which it has looked at last, in which cycle, and the number of that seen. */
typedef struct {
    lpu_watch of;
    lpu_test test;
    lpu_elements elements;
    uint64_t tested, run, from, to, number;
    bool has_words; /* the elements are some words, one after another, from `first_word` on */
    uint32_t first_word, words;
} lpu_watcher;

typedef struct {
    lpu_guard of;
    lpu_test test;
    uint64_t ignored, judged; /* `judged` in this cycle, and ignored then */
} lpu_keeper;

/* Where runs stop: the watches, the guards by address, and what each saw, the breakpoint between them. Of what is watched
 * there are bits: kinds, registers, streams, units, blocks of memory; and of what is tested. */
typedef struct {
    lpu_watcher *watches;
    lpu_keeper *guards;
    lpu_stop *hits; /* of cycle 0: none */
    uint32_t count, guard_count, kinds;
    uint64_t began; /* the cycle in which the run began */
    bool is_hit, tests_elements;
    uint64_t registers, tested_registers, streams, vectors, units[LPU_UNITS / 64 + 1];
    uint8_t *blocks, *tested_blocks;
    uint32_t touched_count; /* by the scalar stores of this cycle, near tested elements */
    lpu_touched touched[MOST_TOUCHED];
} lpu_stops;

struct lpu_machine {
    /* state: architectural while no run is going on */
    uint32_t registers[STATE_REGISTERS];
    uint32_t temps[TEMPS], scrap, zero;
    uint64_t cycle, next_fetch;
    int64_t jump_pc, jump_slot, jump_cycle;
    uint64_t jump_fetch; /* when the last jump's target is fetched: the jump is news until then */
    uint32_t pc, exit_code;
    bool fetch_ended, faulted;
    uint32_t loop_count, write_count;
    lpu_loop loops[LPU_LOOPS];
    lpu_write writes[LPU_IN_FLIGHT];
    lpu_fault fault;
    lpu_memory_map map;
    lpu_parameters parameters;
    lpu_tensor *tensor; /* tensor.h */
    bool with_tensor;   /* the bundle about to be executed issues along with its ops of the tensor face */
    lpu_stops stops;
    /* program: where fetching ends is `end`; what was appended lies behind it, up to `length` */
    uint64_t *text, *counts;
    uint8_t *marks;
    uint32_t end, length;
    /* plans */
    uint32_t undo[MAX_LEVELS][STATE_REGISTERS];
    lpu_context context;
    lpu_node *buckets[BUCKETS];
    uint8_t *arena;
    size_t arena_used;
    uint32_t generation; /* counts how often all plans were dropped */
    uint32_t plans_left; /* in this slice */
    lpu_region *regions; /* the youngest first */
    lpu_span *spans; /* of the region that is run */
    bool without_strips;
    uint64_t slice; /* the number of this slice of a run: in it nobody but the machine touches memory */
};

/* decode.c */
bool lpu_decode_bundle(const lpu_machine *m, uint32_t pc, lpu_bundle *bundle);
/* Find out what the addresses from `from` on are; false when memory runs out. */
bool lpu_mark_text(lpu_machine *m, uint32_t from);
/* Whether `end` may end a loop body that starts at `start`. */
bool lpu_body_is_legal(const lpu_machine *m, uint64_t start, uint64_t end);

/* legal.c */
/* Whether an op keeps the rules of isa/legal.py, and names units and streams that the machine has. */
bool lpu_is_legal(const lpu_machine *m, const lpu_op *op);

/* resolve.c */
void lpu_resolve(lpu_machine *m, const lpu_op *op, lpu_micro *micro);

/* plan.c */
/* Fill in a node's steps and flights; returns the number of steps. */
unsigned lpu_plan(lpu_machine *m, lpu_node *node, const lpu_context *before, lpu_context *after);

/* nodes.c */
enum { ARENA_BYTES = 32 << 20 };
lpu_node *lpu_node_at(lpu_machine *m, uint32_t pc);
lpu_node *lpu_follow(lpu_machine *m, lpu_node *node, uint32_t pc, uint64_t cost, lpu_node **link);
void lpu_drop_nodes(lpu_machine *m);
/* Bytes that last as long as the nodes do; NULL when the arena is full. */
void *lpu_arena_room(lpu_machine *m, size_t bytes);

/* flight.c */
void lpu_land(lpu_machine *m, uint64_t cycle);
/* m->context becomes what is in flight at a fetch to come. */
void lpu_see_flights(lpu_machine *m, uint64_t fetch);
void lpu_resume(lpu_machine *m, uint64_t fetch);
void lpu_suspend(lpu_machine *m, const lpu_flight *flights, size_t count, uint64_t base, uint64_t cycle);
void lpu_insert_flight(lpu_context *context, lpu_flight flight);

/* run.c */
void lpu_execute(lpu_machine *m, lpu_node *node, uint64_t now, uint64_t until);

/* state.c */
bool lpu_jump_is_news(const lpu_machine *m);

/* flight.c */
/* The last-issued write in flight to a register, or NULL. */
const lpu_write *lpu_last_write_to(const lpu_machine *m, uint32_t reg);

/* fault.c */
/* Find the fault of the bundle at pc, which has one, in the architectural state. */
void lpu_find_fault(lpu_machine *m);

#endif
