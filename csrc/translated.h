/* What the code of a region is made of: vm/translate/emit.py writes one use of these after the other. See region.h.
 *
 * All that a bundle reads is read, and all that may fail is tried, before anything is written but memory; of that a plan
 * has the last access that may fail write. So a bundle that faults has done nothing, and the run loop, which meets it
 * again, finds out why. */
#ifndef LPU_TRANSLATED_H
#define LPU_TRANSLATED_H
#define LPU_WITHOUT_TABLES
#include <string.h>
#include "control.h"
#include "float.h"
#include "memory.h"
#include "multiply.h"
#include "region.h"
#include "float.c"
#include "memory.c"

enum { NO_JUMP = -1, LEAST_REACH = 64, MOST_REACH = 1 << 14, TURNS_AT_ONCE = 1024,
       MOST_SEEN = 1 << 20 };

/* A jump that was taken: the bundle, the op, and what it costs. */
typedef struct {
    uint32_t pc, slot, cost;
} lpu_jump;

static inline void note_taken(lpu_machine *m, const lpu_jump *jump, uint64_t now)
{
    m->jump_pc = jump->pc;
    m->jump_slot = jump->slot;
    m->jump_cycle = (int64_t)now;
    m->jump_fetch = now + jump->cost;
}

#if defined(__GNUC__)
#define SELDOM __attribute__((noinline, cold))
#else
#define SELDOM
#endif

/* Add to the counts of some bundles. */
static inline void count(lpu_machine *m, const uint32_t *pcs, size_t bundles, uint64_t times)
{
    for (size_t i = 0; i < bundles; i++)
        m->counts[pcs[i]] += times;
}

/* How often the body of a hardware loop is still gone through, this time included; once where it is not the innermost. */
static inline uint64_t turns_left(const lpu_machine *m, uint32_t start, uint32_t end)
{
    const lpu_loop *top = &m->loops[m->loop_count ? m->loop_count - 1 : 0];
    return m->loop_count && top->start == start && top->end == end ? top->remaining : 1;
}

/* Whether a jump leaves no loop. */
static inline bool stays(const lpu_machine *m, uint32_t pc, uint32_t target)
{
    const lpu_loop *top = &m->loops[m->loop_count ? m->loop_count - 1 : 0];
    return !m->loop_count || !is_inside(top, pc) || is_inside(top, target);
}

/* How far words from `from` on to before `to` were written. */
static int64_t written_up_to(const lpu_memory_map *map, int64_t from, int64_t to)
{
    for (int64_t count; from < to; from += count) {
        count = from % WORDS_AT_ONCE || to - from < WORDS_AT_ONCE ? 1 : WORDS_AT_ONCE;
        if (!are_written(map, (size_t)from, (size_t)count))
            return from;
    }
    return to;
}

/* The same, going down from before `to`. */
static int64_t written_down_to(const lpu_memory_map *map, int64_t from, int64_t to)
{
    for (int64_t count; to > from; to -= count) {
        count = to % WORDS_AT_ONCE || to - from < WORDS_AT_ONCE ? 1 : WORDS_AT_ONCE;
        if (!are_written(map, (size_t)(to - count), (size_t)count))
            return to;
    }
    return from;
}

static inline bool covers(const lpu_span *span, int64_t low, int64_t high)
{
    return low >= span->first && high < span->end;
}

/* What was known before becomes what is known, and the other way round. */
static void swap_spans(lpu_span *span)
{
    lpu_span old = *span;
    span->first = old.other.first, span->end = old.other.end, span->bank = old.other.bank;
    span->other.first = old.first, span->other.end = old.end, span->other.bank = old.bank;
}

static bool is_near(const lpu_span *span, int64_t low, int64_t high, uint32_t bank)
{
    return span->bank == bank && low - span->end <= MOST_REACH && span->first - high <= MOST_REACH;
}

/* Add words from `low` on to before `high`, which touch a span or lie beyond a gap that is added, too. */
static void add_words(const lpu_memory_map *map, lpu_span *span, int64_t low, int64_t high, bool is_load)
{
    int64_t before = span->end - span->first;
    if (high > span->end)
        span->end = is_load ? written_up_to(map, span->end, high) : high;
    if (low < span->first)
        span->first = is_load ? written_down_to(map, low, span->first) : low;
    span->seen += is_load ? span->end - span->first - before : 0;
}

static bool is_in_a_bank(const lpu_memory_map *map, int64_t low, int64_t high)
{
    return low >= 0 && high < map->words && !are_apart(map, (uint32_t)low, (uint32_t)high);
}

/* Have a span cover words from `low` to `high`, if it can; the more beyond them, the more often it must grow. */
SELDOM
static bool widen(const lpu_machine *m, lpu_span *span, int64_t low, int64_t high, bool is_load)
{
    const lpu_memory_map *map = &m->map;
    if (!is_in_a_bank(map, low, high) || span->seen > MOST_SEEN)
        return false;
    uint32_t bank = bank_of(map, (uint32_t)low);
    if (!is_near(span, low, high, bank))
        swap_spans(span);
    if (covers(span, low, high))
        return true;
    span->reach = span->reach < LEAST_REACH ? LEAST_REACH : span->reach < MOST_REACH ? 2 * span->reach : MOST_REACH;
    int64_t first = low - span->reach, end = high + 1 + span->reach;
    first = first < 0 || bank_of(map, (uint32_t)first) != bank ? low : first;
    end = end > map->words || bank_of(map, (uint32_t)end - 1) != bank ? high + 1 : end;
    if (is_near(span, low, high, bank))
        add_words(map, span, first, end, is_load);
    if (covers(span, low, high))
        return true;
    span->first = span->end = low, span->bank = bank, span->reach = LEAST_REACH;
    add_words(map, span, low, high + 1, is_load);
    return covers(span, low, high);
}

static inline bool is_within(const lpu_machine *m, lpu_span *span, int64_t low, int64_t high, bool is_load)
{
    return LIKELY(covers(span, low, high)) || widen(m, span, low, high, is_load);
}

/* Of so many turns those in which accesses stay in a span; from `low` to `high` in the first, then `growth` words further
 * in each. */
SELDOM
static uint64_t turns_widened(const lpu_machine *m, lpu_span *span, int64_t low, int64_t high, int64_t growth,
                              uint64_t turns, bool is_load)
{
    int64_t far = growth * (int64_t)(turns - 1);
    for (; turns > 1 && !is_in_a_bank(&m->map, low + (far < 0 ? far : 0), high + (far > 0 ? far : 0)); turns /= 2)
        far = growth * (int64_t)(turns / 2 - 1); /* no span goes beyond a bank */
    widen(m, span, low + (far < 0 ? far : 0), high + (far > 0 ? far : 0), is_load);
    if (!is_within(m, span, low, high, is_load))
        return 0;
    int64_t room = growth > 0 ? (span->end - 1 - high) / growth : growth < 0 ? (span->first - low) / growth : INT64_MAX - 1;
    return least(turns, 1 + (uint64_t)room);
}

static inline uint64_t turns_inside(const lpu_machine *m, lpu_span *span, int64_t low, int64_t high, int64_t growth,
                                    uint64_t turns, bool is_load)
{
    int64_t far = growth * (int64_t)(turns - 1);
    bool is_covered = growth < 0 ? covers(span, low + far, high) : covers(span, low, high + far);
    return LIKELY(is_covered) ? turns : turns_widened(m, span, low, high, growth, turns, is_load);
}

/* Accesses to words of which all is known to hold. */
static inline uint32_t known_word(const lpu_memory_map *map, int64_t word)
{
    const uint8_t *p = map->sram + word * WORD_BYTES;
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline void store_known_word(const lpu_memory_map *map, int64_t word, uint32_t value)
{
    uint8_t *p = map->sram + word * WORD_BYTES;
    p[0] = (uint8_t)value, p[1] = (uint8_t)(value >> 8), p[2] = (uint8_t)(value >> 16), p[3] = (uint8_t)(value >> 24);
    mark_word(map, (size_t)word);
    map->changed[word / (LPU_CHANGED_BYTES / WORD_BYTES)] = 1;
}

/* Leave before a bundle unless something holds. */
#define CHECK(label, holds) do { if (UNLIKELY(!(holds))) goto label; } while (0)
#define CONDITION(cc, table) ((table) >> ((cc) & 15) & 1)
#define WORD(disp, a, b, c) ((disp) + (a) * (b) + (c))

/* Accesses that are seldom: the functions of the run loop, operands in places of their own. */
#define LANES(name, kind_, k_, a_, b_, stored_)  \
    const uint32_t name##_a = a_, name##_b = b_, name##_stored = stored_;  \
    const lpu_micro name = {.kind = kind_, .k = k_, .a = &name##_a, .b = &name##_b, .c = &m->zero, .stored = &name##_stored}
#define WORDS(name, kind_, k_, a_, b_, c_)  \
    const uint32_t name##_a = a_, name##_b = b_, name##_c = c_;  \
    const lpu_micro name = {.kind = kind_, .k = k_, .a = &name##_a, .b = &name##_b, .c = &name##_c}

#endif
