/* Loads and stores of a strip: the rounds before the first that is not like the others, and all accesses of those. */
#include <string.h>
#include "clones.h"
#include "memory.h"
#include "strip.h"

enum { MOST_SPAN = 1 << 17, MOST_COMPARED = 1 << 12 }; /* words looked at in vain at most; compared with watched ones */

/* Addresses ------------------------------------------------------------------------------------------------------ */
typedef struct {
    int64_t low, high; /* words; may be outside memory */
} span;

static inline span linear_span(const strip_value *at, uint32_t rounds)
{
    int64_t from = at->base, to = from + (int64_t)(int32_t)at->step * (rounds - 1);
    return from < to ? (span){from, to} : (span){to, from};
}

static span span_of(const strip_value *at, uint32_t rounds)
{
    if (at->is_linear)
        return linear_span(at, rounds);
    uint32_t low = ~0u, high = 0;
    for (uint32_t i = 0; i < rounds; i++) {
        low = at->lanes[i] < low ? at->lanes[i] : low;
        high = at->lanes[i] > high ? at->lanes[i] : high;
    }
    return (span){low, high};
}

/* Known words ---------------------------------------------------------------------------------------------------- */
static bool is_known(const lpu_machine *m, const strip_access *access, span of)
{
    return access->slice == m->slice && of.low >= access->first && of.high < access->end;
}

/* Know these words, and as many of those known as lie beside them. */
static void know(lpu_machine *m, strip_access *access, span of)
{
    bool beside = access->slice == m->slice && of.low <= access->end && of.high + 1 >= access->first
                  && bank_of(&m->map, (uint32_t)of.low) == access->bank;
    if (!beside)
        access->first = access->end = (uint32_t)of.low;
    access->first = of.low < access->first ? (uint32_t)of.low : access->first;
    access->end = of.high >= access->end ? (uint32_t)of.high + 1 : access->end;
    access->bank = bank_of(&m->map, access->first);
    access->slice = m->slice;
}

/* What of a span is not known: all, or what is on one side of it. */
static span unknown_part(const lpu_machine *m, const strip_access *access, span of)
{
    if (access->slice == m->slice && of.low >= access->first && of.low < access->end)
        of.low = access->end;
    else if (access->slice == m->slice && of.high < access->end && of.high >= access->first)
        of.high = (int64_t)access->first - 1;
    return of;
}

/* Whether all words of a span lie in one bank and are written; if so it is remembered. */
static bool learn(lpu_machine *m, strip_access *access, span of)
{
    if (of.low < 0 || of.high >= m->map.words || of.high - of.low > MOST_SPAN
        || bank_of(&m->map, (uint32_t)of.low) != bank_of(&m->map, (uint32_t)of.high))
        return false;
    span news = unknown_part(m, access, of);
    if (access->is_watched && !lpu_strip_is_far(m, news.low, news.high))
        return false;
    bool are_all = are_written(&m->map, (size_t)news.low, (size_t)(news.high - news.low + 1));
    if (are_all)
        know(m, access, of);
    return are_all;
}

/* What is known, a span beside it, and so many words more. */
static span joined(const strip_access *access, span of, bool with_more)
{
    bool is_above = of.low >= access->first;
    span all = {is_above ? access->first : of.low, is_above ? of.high : (int64_t)access->end - 1};
    int64_t more = with_more ? all.high - all.low : 0;
    return (span){is_above ? all.low : all.low - more, is_above ? all.high + more : all.high};
}

/* The same as to learn, and more: accesses go on. What was looked for in vain is not looked for again. */
SELDOM static bool find_out(lpu_machine *m, strip_access *access, span of)
{
    bool goes_on = access->slice == m->slice;
    if (access->in_vain == m->slice)
        return false;
    if (goes_on && access->ends != m->slice && learn(m, access, joined(access, of, true)))
        return true;
    if (goes_on)
        access->ends = m->slice;
    if ((goes_on && learn(m, access, joined(access, of, false))) || learn(m, access, of))
        return true;
    access->in_vain = m->slice;
    return false;
}

/* Loads ---------------------------------------------------------------------------------------------------------- */
enum { AT_ONCE = 4 };

static uint32_t word_at(const uint8_t *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* Words that are so many bytes apart. */
static void load_line(uint32_t *restrict to, const uint8_t *restrict sram, size_t at, size_t step, uint32_t rounds)
{
    uint32_t i = 0;
    for (; i + AT_ONCE <= rounds; i += AT_ONCE, at += AT_ONCE * step) {
        to[i] = word_at(sram + at);
        to[i + 1] = word_at(sram + at + step);
        to[i + 2] = word_at(sram + at + 2 * step);
        to[i + 3] = word_at(sram + at + 3 * step);
    }
    for (; i < rounds; i++, at += step)
        to[i] = word_at(sram + at);
}

/* Words side by side. */
LPU_CLONES static void load_row(uint32_t *restrict to, const uint8_t *restrict from, uint32_t rounds)
{
    for (uint32_t i = 0; i < rounds; i++)
        to[i] = word_at(from + (size_t)i * WORD_BYTES);
}

/* Whether an access in a round is in range, and not watched. */
static bool may_touch(const lpu_machine *m, const strip_access *access, uint32_t round)
{
    uint32_t word = lpu_strip_address(access->at, round);
    return word < m->map.words && !(access->is_watched && !lpu_strip_is_far(m, word, word));
}

/* A load that goes one by one; the rounds that are left. */
SELDOM static uint32_t load_slowly(lpu_machine *m, strip_access *access, uint32_t rounds)
{
    uint32_t round = 0;
    access->is_plain = false;
    while (round < rounds && may_touch(m, access, round)
           && load_word(m, &m->map, lpu_strip_address(access->at, round), &access->lanes[round]))
        round++;
    return round;
}

static inline uint32_t load_lanes(lpu_machine *m, strip_access *access, uint32_t rounds)
{
    const strip_value *at = access->at;
    span of = at->is_linear ? linear_span(at, rounds) : (span){0, 0};
    if (UNLIKELY(!at->is_linear || (!is_known(m, access, of) && !find_out(m, access, of))))
        return load_slowly(m, access, rounds);
    access->is_plain = true;
    if (at->step == 1)
        load_row(access->lanes, m->map.sram + (size_t)at->base * WORD_BYTES, rounds);
    else
        load_line(access->lanes, m->map.sram, (size_t)at->base * WORD_BYTES, (size_t)(int32_t)at->step * WORD_BYTES, rounds);
    return rounds;
}

uint32_t lpu_strip_load(lpu_machine *m, strip_access *access, uint32_t rounds) { return load_lanes(m, access, rounds); }

const strip_op *lpu_strip_loads(lpu_machine *m, const strip_op *op, uint32_t *rounds)
{
    for (; op->kind == STRIP_LOAD && *rounds; op++)
        *rounds = load_lanes(m, op->access, *rounds);
    return op;
}

/* Checks --------------------------------------------------------------------------------------------------------- */
uint32_t lpu_strip_in_range(const lpu_machine *m, strip_access *access, uint32_t rounds)
{
    span of = span_of(access->at, rounds);
    bool is_short = of.high - of.low < MOST_COMPARED;
    access->is_plain = of.low >= 0 && of.high < m->map.words
                       && bank_of(&m->map, (uint32_t)of.low) == bank_of(&m->map, (uint32_t)of.high)
                       && (!access->is_watched || (is_short && lpu_strip_is_far(m, of.low, of.high)));
    if (access->is_plain) {
        access->bank = bank_of(&m->map, (uint32_t)of.low);
        return rounds;
    }
    uint32_t round = 0;
    while (round < rounds && may_touch(m, access, round))
        round++;
    return round;
}

SELDOM static uint32_t rounds_in_other_banks(const lpu_machine *m, const strip_access *access, uint32_t rounds)
{
    uint32_t round = 0;
    while (round < rounds && are_apart(&m->map, lpu_strip_address(access->at, round), lpu_strip_address(access->with->at, round)))
        round++;
    return round;
}

/* An access that is plain is in one bank all the time. */
const strip_op *lpu_strip_banks(const lpu_machine *m, const strip_op *op, uint32_t *rounds)
{
    for (; op->kind == STRIP_BANKS; op++) {
        const strip_access *access = op->access, *with = access->with;
        if (UNLIKELY(!access->is_plain || !with->is_plain || access->bank == with->bank))
            *rounds = rounds_in_other_banks(m, access, *rounds);
    }
    return op;
}

/* The rounds before the first in which a load would read what a store of an earlier round, or of its own, wrote. Where
 * both go on by as many words, the store meets the load so many rounds later. */
uint32_t lpu_rounds_apart(const strip_access *store, const strip_access *load, uint32_t rounds)
{
    const strip_value *to = store->at, *from = load->at;
    span stored = span_of(to, rounds), loaded = span_of(from, rounds);
    if (stored.high < loaded.low || loaded.high < stored.low)
        return rounds;
    if (!to->is_linear || !from->is_linear || to->step != from->step || !to->step)
        return 0;
    int64_t ahead = (int64_t)to->base - from->base, step = (int32_t)to->step;
    if (ahead % step)
        return rounds;
    int64_t later = ahead / step; /* rounds from a store to the load of what it stored */
    if (later < 0 || (later == 0 && store > load))
        return rounds;
    return later < rounds ? (uint32_t)later : rounds;
}

uint32_t lpu_strip_apart(const lpu_strip *strip, uint32_t rounds)
{
    const strip_access *end = strip->accesses + strip->access_count;
    for (uint32_t i = 0; i < strip->store_count; i++)
        for (const strip_access *load = strip->accesses; load < end && rounds; load++)
            if (!load->is_store)
                rounds = lpu_rounds_apart(strip->stores[i], load, rounds);
    return rounds;
}

/* Stores --------------------------------------------------------------------------------------------------------- */
/* In the order in which the run loop makes them: a word may be stored more than once. */
void lpu_strip_store(lpu_machine *m, const lpu_strip *strip, uint32_t rounds)
{
    if (!strip->store_count)
        return;
    for (uint32_t round = 0; round < rounds; round++)
        for (uint32_t i = 0; i < strip->store_count; i++) {
            const strip_access *store = strip->stores[i];
            store_word(&m->map, lpu_strip_address(store->at, round), store->lanes[round]);
        }
}
