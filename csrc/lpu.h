/* The LPU's fast core as a C library: create a machine with a program, write memory, run, read state and fault.
 *
 * Every function is safe with any program and any state that lpu_set_state accepts: the core never exits, never
 * prints, and touches no memory but its own. One machine may be used by one thread at a time; machines are
 * independent of each other. Time is counted in cycles from 0, program addresses in syllables of 64 bits, memory
 * in bytes of the linear map. docs/machine.md is the contract; tests/c_example.c is a complete program.
 */
#ifndef LPU_H
#define LPU_H
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
/* What lies between the two markers is also what Python's binding declares: plain C, no preprocessor. */
/* declarations begin */
typedef struct lpu_machine lpu_machine;

enum { LPU_REGISTERS = 32, LPU_LOOPS = 4, LPU_IN_FLIGHT = 256, LPU_NOWHERE = -1, LPU_CHANGED_BYTES = 65536 };

typedef enum { LPU_RUNNING, LPU_HALTED, LPU_FAULTED, LPU_STOPPED } lpu_status;

/* What a load of a byte never written does: fault with E-UNINIT, or read 0, or 0xDB. */
typedef enum { LPU_UNINIT_FAULT, LPU_UNINIT_ZERO, LPU_UNINIT_POISON } lpu_uninit;

/* The size of a machine: lanes are superlanes x 16, slices a hemisphere quads x 4, rows are per bank. */
typedef struct {
    uint32_t superlanes; /* 1 to 32 */
    uint32_t quads;      /* 1 to 16, per hemisphere */
    uint32_t banks;      /* 1 or 2, per slice */
    uint32_t rows;       /* 1 to 4096, per bank */
    lpu_uninit uninit;
    uint32_t streams;    /* 4 to 32 a direction, a multiple of 4 */
    uint32_t vxm_alus;   /* 1 to 16 */
    uint32_t mxm_planes; /* 0, 2 or 4 */
    uint32_t strict;     /* whether a value that nobody sampled is a fault when it gets lost */
} lpu_parameters;

/* A register write on its way; register 32 is the condition code. `pc` and `slot` name the op that wrote. */
typedef struct {
    uint64_t landing, issued;
    uint32_t value, pc;
    uint8_t reg;
    uint16_t slot;
} lpu_write;

typedef struct {
    uint32_t start, end, remaining;
} lpu_loop;

/* Everything architectural but memory, at the start of `cycle` after its landings. `writes` in flight are ordered
 * by (landing, register), `loops` outermost first. `next_fetch` is above `cycle` in dead and waiting cycles. The
 * jump is the last taken one while its target has not been fetched, else LPU_NOWHERE. */
typedef struct {
    uint64_t cycle, next_fetch;
    int64_t jump_pc, jump_slot, jump_cycle;
    uint32_t pc, cc, exit_code, fetch_ended;
    uint32_t registers[32];
    uint32_t loop_count, write_count;
    lpu_loop loops[4];
    lpu_write writes[256];
    uint64_t settled; /* the first cycle in which all that was issued on the tensor face has landed */
} lpu_state;

/* A fault, as isa/faults.py describes it; `code` counts the codes from 1, numbers without meaning are LPU_NOWHERE
 * or 0. */
typedef struct {
    int64_t code, cycle, pc, slot, operand, resource, address, value, value2;
    int64_t other_pc, other_slot, other_cycle, other_landing;
    int64_t element, stream, lane, position, other_element;
} lpu_fault;

/* A piece of the state of the tensor face: `kind` counts the classes of vm/items.py from 0, `numbers` are those of the
 * class in order, behind them come `size` bytes. */
typedef struct {
    int64_t kind, numbers[12];
    size_t size;
    const uint8_t *data;
} lpu_item;

/* What a watch looks at. Numbers `first` to `last` are bytes of the linear map; registers, 32 the condition code; v
 * registers; accumulator rows of plane `place`; streams as they leave position `place`, or, where that is LPU_NOWHERE, as
 * a result enters them; unit numbers. */
typedef enum {
    LPU_WATCH_WRITE, LPU_WATCH_READ, LPU_WATCH_ACCESS, LPU_WATCH_REGISTER, LPU_WATCH_VECTOR, LPU_WATCH_ACCUMULATOR,
    LPU_WATCH_STREAM, LPU_WATCH_UNIT
} lpu_watch_kind;

/* How numbers of a type stand in order: as their bits do, or as two's complement or IEEE 754 numbers. */
typedef enum { LPU_UNSIGNED, LPU_SIGNED, LPU_FLOATING } lpu_order;

/* A test of a number: whether its place in order lies in one of two ranges, each from `low` to `high`, both in, or empty;
 * or, with `golden`, whether its bits differ from those of the element of that number there: little-endian, of 4 bits two
 * to a byte. Places are those of 32-bit patterns, which begin with the `bits` (4, 8, 16 or 32) of the number. */
typedef struct {
    lpu_order order;
    uint32_t bits, low[2], high[2];
    const uint8_t *golden;
    size_t golden_bytes;
} lpu_test;

/* Elements from number `number` on, `count` of them, the first of which begins at bit `bit` of SRAM. */
typedef struct {
    uint64_t number, bit, count;
} lpu_elements_run;

/* Elements in memory: those of a run begin `step` bits apart, the bytes of each are `stride` bytes apart. Of the runs both
 * where they begin and where they end ascends. */
typedef struct {
    uint64_t step, stride;
    const lpu_elements_run *runs;
    size_t run_count;
} lpu_elements;

/* `place` is LPU_NOWHERE but for accumulator rows and streams. A `test` (or NULL) is one of the value that a register takes,
 * or, of writes, of the elements that have any of these bytes, once all writes of the cycle are done. */
typedef struct {
    lpu_watch_kind kind;
    int64_t first, last, place;
    const lpu_test *test;
    const lpu_elements *elements;
} lpu_watch;

/* A breakpoint where a register (32: the condition code) passes a test, or any time, but for the first `ignore` times. */
typedef struct {
    uint32_t address, reg;
    uint64_t ignore;
    const lpu_test *test;
} lpu_guard;

/* What a watch saw: the first touch by unit, then by number, of the cycle before `cycle` (of registers and v registers
 * what lands in `cycle`); of tested elements the first byte of the first by their number. `pc` and `slot` name the op,
 * `unit` its unit; all are LPU_NOWHERE where nobody can tell. Of a breakpoint `number` is how many watches there are; guards
 * count on from there. */
typedef struct {
    int64_t number, cycle, pc, slot, address, unit;
} lpu_stop;

/* A machine with a program of `syllables` little-endian 64-bit syllables, about to fetch at `entry`. The text is
 * copied. NULL when a parameter is out of its bounds, the text is longer than 2^23, or memory runs out. */
lpu_machine *lpu_create(const lpu_parameters *parameters, const uint8_t *text, size_t syllables, uint32_t entry);
void lpu_destroy(lpu_machine *machine);
/* Put more text behind the program, which ends where it did; syllables that are no bundle stand before and behind it.
 * What runs does not get there but by a jump, or by lpu_set_state. Returns the address of the text, or -1 when all would
 * be longer than 2^23 or memory runs out. */
int64_t lpu_append(lpu_machine *machine, const uint8_t *text, size_t syllables);

/* Go on until the run is over, a fault, a stop, or `cycle` reaches `until`. */
lpu_status lpu_run(lpu_machine *machine, uint64_t until);
/* The same, but may return LPU_RUNNING earlier, after a bounded amount of work, so that a host can look around. */
lpu_status lpu_run_slice(lpu_machine *machine, uint64_t until);
/* lpu_run for some cycles, below 2^61 of them. */
lpu_status lpu_run_for(lpu_machine *machine, uint64_t cycles);

/* Where runs stop, and no longer where they did: at bundles about to be fetched, by address, but not in the cycle in
 * which a run begins; where watches see something; and at guards, in order of address. All is copied. 0, or -1 with nothing
 * changed for an address outside the text, a watch of what is not there, or a test or elements that are none, or with no
 * stops at all when memory runs out. */
int lpu_set_stops(lpu_machine *machine, const uint32_t *breakpoints, size_t breakpoint_count,
                  const lpu_watch *watches, size_t watch_count, const lpu_guard *guards, size_t guard_count);
/* What a watch, by number, saw where the last run stopped; the breakpoint or guard of a number there. NULL for nothing. */
const lpu_stop *lpu_stop_of(const lpu_machine *machine, uint64_t number);
/* How often a guard was ignored since the stops were set. */
uint64_t lpu_ignored(const lpu_machine *machine, size_t guard);

uint64_t lpu_cycle(const lpu_machine *machine);
void lpu_get_state(const lpu_machine *machine, lpu_state *state);
/* Replace the state and clear the fault; the tensor face is empty afterwards. 0, or -1 with nothing changed when no run
 * could be continued from it. */
int lpu_set_state(lpu_machine *machine, const lpu_state *state);
/* Go through the items of the tensor face. 1, or 0 after the last; `data` is valid until the next call. */
void lpu_items_begin(lpu_machine *machine);
int lpu_items_next(lpu_machine *machine, lpu_item *item);
/* After lpu_set_state: add an item, and say that all are there. 0, or -1 when no run of the program could leave such an
 * item, or one beside the others; the state must then be set anew. */
int lpu_items_put(lpu_machine *machine, const lpu_item *item);
int lpu_items_end(lpu_machine *machine);
/* All items in one piece of memory, `size` bytes, to be freed by lpu_free_pack; NULL of 0 bytes when there are none, of more
 * when memory runs out. Of each it has the kind, the numbers and the size, 64 bits each, and the bytes, filled up with zeros
 * to a multiple of 8. */
uint8_t *lpu_pack_items(lpu_machine *machine, size_t *size);
void lpu_free_pack(uint8_t *bytes);
/* After lpu_set_state: add all items of such a piece. 0, or -1 as lpu_items_put and lpu_items_end. */
int lpu_unpack_items(lpu_machine *machine, const uint8_t *bytes, size_t size);
/* Write a register (0 to 31) from outside; a write in flight to it still lands. 0, or -1 for no such register. */
int lpu_set_register(lpu_machine *machine, uint32_t reg, uint32_t value);
/* r0 to r31 in place, to look at and to write between runs. */
uint32_t *lpu_registers(lpu_machine *machine);
/* The fault a run ended with, or NULL. */
const lpu_fault *lpu_get_fault(const lpu_machine *machine);

/* SRAM, lpu_sram_bytes of it. */
uint8_t *lpu_sram(lpu_machine *machine);
size_t lpu_sram_bytes(const lpu_machine *machine);
/* The written bits of SRAM, one per byte, in the same order, low bits first: so many bytes of them, from one on, copied out
 * and replaced. 0, or -1 where there are not so many. */
int lpu_get_written(const lpu_machine *machine, size_t first, uint8_t *bits, size_t size);
int lpu_set_written(lpu_machine *machine, size_t first, const uint8_t *bits, size_t size);
/* A byte for each LPU_CHANGED_BYTES of SRAM, not 0 where something was stored since the host last made it 0. */
uint8_t *lpu_changed(lpu_machine *machine);
/* Store bytes and mark them written. 0, or -1 when they do not fit. */
int lpu_load(lpu_machine *machine, size_t address, const uint8_t *data, size_t size);

/* Whether loops may run many rounds at once, which is faster and changes nothing else; they may unless told otherwise. */
void lpu_set_strips(lpu_machine *machine, int with_strips);
/* How many cycles of the tensor face at least are carried out at once, in a stretch, which changes nothing else; 0 for no
 * stretches. Unless told otherwise a machine makes those that pay. How many there were. */
void lpu_set_stretches(lpu_machine *machine, uint32_t least);
uint64_t lpu_stretches(const lpu_machine *machine);

/* How often the bundle at each program address was issued: one number per syllable. */
uint64_t *lpu_issue_counts(lpu_machine *machine);
/* The bundles that were issued, in order of address, and how often, as many as there is room for; returns how many there
 * are. */
size_t lpu_get_counts(const lpu_machine *machine, uint32_t *addresses, uint64_t *counts, size_t room);
/* Replace all counts; returns `size`, or with nothing changed the place of the first address where no bundle is. */
size_t lpu_set_counts(lpu_machine *machine, const uint32_t *addresses, const uint64_t *counts, size_t size);
/* The first address from `address` on with a count, or the length of the text. */
size_t lpu_next_issued(const lpu_machine *machine, size_t address);

/* Regions: what a host needs to make code of planned bundles, and to have it run. Places are numbers: registers (32 the
 * condition code), from LPU_PLACE_TEMP on temporaries, from 1 << LPU_PLACE_CONSTANT_BITS on constants; LPU_NOWHERE none. */
enum { LPU_PLACE_TEMP = 64, LPU_PLACE_CONSTANT_BITS = 32, LPU_UNDO_LEVELS = 18, LPU_SPANS = 128 };

/* What steps do; csrc/translated.h has what each is made of. Those from LPU_STEP_NEXT on end a block. */
typedef enum {
    LPU_STEP_OTHER, LPU_STEP_VALUE, LPU_STEP_DIVIDE, LPU_STEP_ASSERT, LPU_STEP_LOAD, LPU_STEP_LOAD_SECOND, LPU_STEP_STORE,
    LPU_STEP_STORE_SECOND, LPU_STEP_LOAD_LANE, LPU_STEP_STORE_LANE, LPU_STEP_PAIR, LPU_STEP_LOOP_CHECK, LPU_STEP_NEXT,
    LPU_STEP_LOOP_END, LPU_STEP_BRANCH, LPU_STEP_LOOP, LPU_STEP_JUMP, LPU_STEP_CALL, LPU_STEP_RETURN
} lpu_step_class;

/* A step: `kind` is its number, `function` computes its value. What `target` held goes to `undo`, which counts places
 * where values are kept until a write lands, 33 to a level. */
typedef struct {
    lpu_step_class does;
    const char *function;
    uint32_t kind, k;
    int64_t target, undo, sources[3], stored;
} lpu_step;

/* A planned bundle: `next` and `taken` are numbers of blocks, and where those begin. `in_flight` has a bit for each
 * register that a write is in flight to when the bundle is fetched, by the level of the place of what that overwrote. */
typedef struct {
    uint32_t pc, next_pc, taken_pc, next_link_pc, taken_link_pc, jump_slot, taken_cost, first_step, step_count;
    int64_t next, taken;
    uint64_t cost, in_flight[18]; /* LPU_UNDO_LEVELS */
} lpu_block;

/* Why a region was left: a block is about to be fetched; or it has issued, and goes on at `pc` after `cost` cycles, along
 * its link `next` or `taken`. `now` is the cycle of its fetch. */
typedef enum { LPU_AT_BLOCK, LPU_ALONG_NEXT, LPU_ALONG_TAKEN } lpu_exit;
typedef struct {
    uint64_t now, cost;
    uint32_t block, pc;
    lpu_exit exit;
} lpu_leaving;
typedef lpu_leaving (*lpu_code)(lpu_machine *machine, uint32_t entry, uint64_t now, uint64_t until);

/* Between runs: the blocks around the bundle that is fetched next, those issued at least so often, that one first, and
 * their steps. Returns how many blocks; 0 when there are none. */
size_t lpu_tell_region(lpu_machine *machine, uint64_t least, lpu_block *blocks, size_t most_blocks, lpu_step *steps,
                       size_t most_steps);
/* Run code in place of the region told last, from some of its blocks on. 0, or -1 when there is no such region any more. */
int lpu_enter_region(lpu_machine *machine, lpu_code code, const uint32_t *entries, size_t count);
/* Between runs: whether the bundle that is fetched next is part of a region that has code. */
int lpu_in_region(lpu_machine *machine);
/* declarations end */
#ifdef __cplusplus
}
#endif

#endif
