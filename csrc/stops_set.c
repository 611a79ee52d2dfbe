/* Breakpoints, guards and watches: set from outside. See stops.h. */
#include <stdlib.h>
#include <string.h>
#include "cycle.h"
#include "stops.h"

enum { BITS = 8 /* of a byte */, PATTERN_BITS = 32 };

void lpu_destroy_stops(lpu_machine *m)
{
    for (uint32_t i = 0; i < m->stops.count; i++) {
        free((void *)m->stops.watches[i].test.golden);
        free((void *)m->stops.watches[i].elements.runs);
    }
    free(m->stops.watches);
    free(m->stops.guards);
    free(m->stops.hits);
    free(m->stops.blocks);
    free(m->stops.tested_blocks);
}

/* The numbers that a watch may name, from 0 on; 0 where its place is none. */
static int64_t numbers_of(const lpu_machine *m, const lpu_watch *watch)
{
    bool is_anywhere = watch->place == LPU_NOWHERE;
    switch (watch->kind) {
    case LPU_WATCH_WRITE: case LPU_WATCH_READ: case LPU_WATCH_ACCESS:
        return is_anywhere ? (int64_t)lpu_sram_bytes(m) : 0;
    case LPU_WATCH_REGISTER: return is_anywhere ? STATE_REGISTERS : 0;
    case LPU_WATCH_VECTOR: return is_anywhere ? V_COUNT : 0;
    case LPU_WATCH_ACCUMULATOR: return 0 <= watch->place && watch->place < MATRIX_PLANES ? MATRIX_ROWS : 0;
    case LPU_WATCH_STREAM: return is_anywhere || (uint64_t)watch->place < m->tensor->positions ? LPU_V_REGISTERS : 0;
    case LPU_WATCH_UNIT: return is_anywhere ? LPU_UNITS : 0;
    default: return 0;
    }
}

static bool is_test(const lpu_test *test)
{
    bool is_size = test->bits == 4 || test->bits == 8 || test->bits == 16 || test->bits == PATTERN_BITS;
    return is_size && test->order <= LPU_FLOATING;
}

static bool tests_register(const lpu_test *test)
{
    return is_test(test) && test->bits == PATTERN_BITS && !test->golden;
}

static bool is_run(const lpu_machine *m, const lpu_test *test, const lpu_elements *e, const lpu_elements_run *run)
{
    uint64_t bits = (uint64_t)lpu_sram_bytes(m) * BITS, alignment = test->bits < BITS ? test->bits : BITS;
    if (!run->count || run->count > bits || run->bit >= bits || run->bit % alignment || run->number > UINT32_MAX)
        return false;
    uint64_t more = test->bits < BITS ? 0 : (test->bits / BITS - 1) * e->stride;
    return (run->bit + (run->count - 1) * e->step) / BITS + more < bits / BITS
           && (!test->golden || (run->number + run->count) * test->bits <= test->golden_bytes * BITS);
}

static bool are_in_order(const lpu_elements *e, const lpu_elements_run *one, const lpu_elements_run *other)
{
    return one->bit < other->bit && one->bit + one->count * e->step < other->bit + other->count * e->step;
}

static bool are_elements(const lpu_machine *m, const lpu_test *test, const lpu_elements *e)
{
    uint64_t most = (uint64_t)lpu_sram_bytes(m) * BITS;
    bool is_legal = e->run_count && e->step && e->step <= most && e->stride && e->stride <= most
                    && e->step % (test->bits < BITS ? test->bits : BITS) == 0;
    for (size_t i = 0; is_legal && i < e->run_count; i++)
        is_legal = is_run(m, test, e, &e->runs[i]) && (!i || are_in_order(e, &e->runs[i - 1], &e->runs[i]));
    return is_legal;
}

static bool is_watch(const lpu_machine *m, const lpu_watch *watch)
{
    if (watch->first < 0 || watch->first > watch->last || watch->last >= numbers_of(m, watch))
        return false;
    if (watch->kind == LPU_WATCH_REGISTER && watch->test)
        return tests_register(watch->test) && !watch->elements;
    if (watch->kind == LPU_WATCH_WRITE && watch->test)
        return is_test(watch->test) && watch->elements && are_elements(m, watch->test, watch->elements);
    return !watch->test && !watch->elements;
}

static bool is_guard(const lpu_machine *m, const lpu_guard *guard)
{
    return guard->address < m->length && guard->reg < STATE_REGISTERS && (!guard->test || tests_register(guard->test));
}

static void clear_stops(lpu_machine *m)
{
    lpu_destroy_stops(m);
    m->stops = (lpu_stops){.count = 0};
    for (uint32_t pc = 0; pc < m->length; pc++)
        m->marks[pc] &= (uint8_t)~(BREAKPOINT | GUARDED);
}

/* What tells quickly that something is not watched ----------------------------------------------------------------- */
static void set_bits(uint64_t *bits, const lpu_watch *watch)
{
    for (int64_t i = watch->first; i <= watch->last; i++)
        bits[i / 64] |= 1ull << i % 64;
}

static void set_blocks(uint8_t *blocks, uint64_t first, uint64_t last)
{
    for (uint64_t block = first >> WATCHED_BLOCK_SHIFT; block <= last >> WATCHED_BLOCK_SHIFT; block++)
        blocks[block / 8] |= (uint8_t)(1u << block % 8);
}

static void set_tested_blocks(lpu_machine *m, const lpu_test *test, const lpu_elements *e)
{
    for (size_t i = 0; i < e->run_count; i++) {
        const lpu_elements_run *run = &e->runs[i];
        uint64_t first = run->bit / BITS, last = (run->bit + (run->count - 1) * e->step) / BITS;
        for (unsigned k = 0; k * BITS < test->bits; k++)
            set_blocks(m->stops.tested_blocks, first + k * e->stride, last + k * e->stride);
    }
}

static void mark_watched(lpu_machine *m, const lpu_watch *watch)
{
    lpu_stops *s = &m->stops;
    unsigned bit = kind_bit(watch->kind);
    if (watch->elements) {
        s->tests_elements = true;
        set_tested_blocks(m, watch->test, watch->elements);
        return;
    }
    s->kinds |= bit;
    if (watch->kind == LPU_WATCH_REGISTER)
        set_bits(watch->test ? &s->tested_registers : &s->registers, watch);
    else if (watch->kind == LPU_WATCH_STREAM)
        set_bits(&s->streams, watch);
    else if (watch->kind == LPU_WATCH_VECTOR)
        set_bits(&s->vectors, watch);
    else if (watch->kind == LPU_WATCH_UNIT)
        set_bits(s->units, watch);
    else if (bit & (kinds_of_access(LPU_MEMORY_LOAD) | kinds_of_access(LPU_MEMORY_STORE)))
        set_blocks(s->blocks, (uint64_t)watch->first, (uint64_t)watch->last);
}

/* Copies ----------------------------------------------------------------------------------------------------------- */
static void *copied(const void *from, size_t bytes)
{
    void *copy = malloc(bytes ? bytes : 1);
    return copy ? memcpy(copy, from, bytes) : NULL;
}

/* Elements numbered from 0 that are words. */
static void find_words(lpu_watcher *watch, const lpu_elements *e)
{
    const lpu_elements_run *run = e->runs;
    bool are_words = watch->test.bits == PATTERN_BITS && e->step == PATTERN_BITS && e->stride == 1;
    if (!are_words || e->run_count > 1 || run->number || run->bit % PATTERN_BITS)
        return;
    watch->has_words = true;
    watch->first_word = (uint32_t)(run->bit / PATTERN_BITS);
    watch->words = (uint32_t)run->count;
}

/* False when memory runs out; what was copied is then known. */
static bool copy_watch(lpu_watcher *to, const lpu_watch *from)
{
    to->of = *from;
    to->of.test = from->test ? &to->test : NULL;
    to->of.elements = from->elements ? &to->elements : NULL;
    if (from->test)
        to->test = *from->test;
    to->test.golden = NULL;
    if (!from->elements)
        return true;
    to->elements = *from->elements;
    to->elements.runs = copied(from->elements->runs, from->elements->run_count * sizeof *from->elements->runs);
    find_words(to, from->elements);
    if (from->test->golden)
        to->test.golden = copied(from->test->golden, from->test->golden_bytes);
    return to->elements.runs && (to->test.golden || !from->test->golden);
}

static void add_guard(lpu_machine *m, const lpu_guard *from)
{
    lpu_keeper *to = &m->stops.guards[m->stops.guard_count++];
    to->of = *from;
    if (!from->test)
        return;
    to->test = *from->test;
    to->of.test = &to->test;
}

static bool allocate(lpu_machine *m, size_t count, size_t guard_count)
{
    lpu_stops *s = &m->stops;
    size_t blocks = (lpu_sram_bytes(m) >> WATCHED_BLOCK_SHIFT) / 8 + 1;
    s->watches = calloc(count + 1, sizeof *s->watches);
    s->guards = calloc(guard_count + 1, sizeof *s->guards);
    s->hits = calloc(count + 1 + guard_count, sizeof *s->hits);
    s->blocks = calloc(blocks, 1);
    s->tested_blocks = calloc(blocks, 1);
    return s->watches && s->guards && s->hits && s->blocks && s->tested_blocks;
}

static bool copy_all(lpu_machine *m, const lpu_watch *watches, size_t count, const lpu_guard *guards,
                     size_t guard_count)
{
    if (!allocate(m, count, guard_count))
        return false;
    for (size_t i = 0; i < count; i++) {
        lpu_watcher *to = &m->stops.watches[m->stops.count++];
        if (!copy_watch(to, &watches[i]))
            return false;
        mark_watched(m, &to->of);
    }
    for (size_t i = 0; i < guard_count; i++)
        add_guard(m, &guards[i]);
    return true;
}

static bool are_legal(const lpu_machine *m, const uint32_t *breakpoints, size_t breakpoint_count,
                      const lpu_watch *watches, size_t count, const lpu_guard *guards, size_t guard_count)
{
    bool legal = count < UINT32_MAX / 2 && guard_count < UINT32_MAX / 2;
    for (size_t i = 0; legal && i < breakpoint_count; i++)
        legal = breakpoints[i] < m->length;
    for (size_t i = 0; legal && i < count; i++)
        legal = is_watch(m, &watches[i]);
    for (size_t i = 0; legal && i < guard_count; i++)
        legal = is_guard(m, &guards[i]) && (!i || guards[i - 1].address <= guards[i].address);
    return legal;
}

int lpu_set_stops(lpu_machine *m, const uint32_t *breakpoints, size_t breakpoint_count, const lpu_watch *watches,
                  size_t count, const lpu_guard *guards, size_t guard_count)
{
    if (!are_legal(m, breakpoints, breakpoint_count, watches, count, guards, guard_count))
        return -1;
    lpu_settle_tensor(m, m->cycle);
    lpu_drop_nodes(m);
    clear_stops(m);
    if (!copy_all(m, watches, count, guards, guard_count)) {
        clear_stops(m);
        return -1;
    }
    for (size_t i = 0; i < breakpoint_count; i++)
        m->marks[breakpoints[i]] |= BREAKPOINT;
    for (size_t i = 0; i < guard_count; i++)
        m->marks[guards[i].address] |= GUARDED;
    return 0;
}

const lpu_stop *lpu_stop_of(const lpu_machine *m, uint64_t number)
{
    bool is_hit = m->stops.is_hit && number <= m->stops.count + m->stops.guard_count && m->stops.hits[number].cycle;
    return is_hit ? &m->stops.hits[number] : NULL;
}

uint64_t lpu_ignored(const lpu_machine *m, size_t guard)
{
    return guard < m->stops.guard_count ? m->stops.guards[guard].ignored : 0;
}
