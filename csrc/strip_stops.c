/* Stops that a strip passes by: what it touches is not watched, what it holds passes no test, and guards without one are
 * counted. A strip ends in front of the first round in which that is not so, and the run loop looks closer. */
#include "region.h"
#include "stops.h"
#include "strip.h"

enum { WORDS_IN_BLOCK = (1 << WATCHED_BLOCK_SHIFT) / WORD_BYTES };

/* Memory --------------------------------------------------------------------------------------------------------- */
static bool is_near_word(const uint8_t *blocks, uint32_t word) { return is_near(blocks, (size_t)word * WORD_BYTES); }

bool lpu_strip_is_far(const lpu_machine *m, int64_t low, int64_t high)
{
    int64_t word = low;
    while (word <= high && !is_near_word(m->stops.blocks, (uint32_t)word))
        word = word - word % WORDS_IN_BLOCK + WORDS_IN_BLOCK;
    return word > high;
}

/* Whether a word that is stored may make a tested element pass. */
static bool may_pass(const lpu_machine *m, uint32_t word, uint32_t value)
{
    return is_near_word(m->stops.tested_blocks, word) && lpu_word_may_become(m, word, value);
}

static uint32_t rounds_stored(const lpu_machine *m, const strip_access *store, uint32_t rounds)
{
    uint32_t round = 0;
    while (round < rounds && !may_pass(m, lpu_strip_address(store->at, round), store->lanes[round]))
        round++;
    return round;
}

/* Registers ------------------------------------------------------------------------------------------------------ */
static uint32_t rounds_tested(const lpu_machine *m, uint32_t reg, const uint32_t *values, uint32_t rounds)
{
    for (uint32_t i = 0; i < m->stops.count; i++) {
        const lpu_watch *watch = &m->stops.watches[i].of;
        if (watch->test && watch->kind == LPU_WATCH_REGISTER && watch->first <= reg && reg <= watch->last)
            rounds = lpu_first_passing(watch->test, values, rounds);
    }
    return rounds;
}

uint32_t lpu_strip_test(const lpu_machine *m, const strip_op *op, uint32_t rounds)
{
    switch (op->kind) {
    case STRIP_TEST_STORE: return rounds_stored(m, op->access, rounds);
    case STRIP_TEST_REGISTER: return rounds_tested(m, op->k, op->a, rounds);
    default: return lpu_first_passing(m->stops.guards[op->k].of.test, op->a, rounds);
    }
}

/* Guards --------------------------------------------------------------------------------------------------------- */
static bool add_pass(strip_path *path, uint32_t guard, uint32_t turn)
{
    if (path->pass_count == MOST_PASSES)
        return false;
    path->passes[path->pass_count++] = (strip_pass){guard, turn};
    return true;
}

bool lpu_find_passes(const lpu_machine *m, strip_path *path)
{
    bool fits = true;
    path->pass_count = 0;
    for (uint32_t i = 0; i < path->count; i++) {
        const lpu_node *node = path->turns[i].node;
        uint32_t guard = first_kind(node) == KIND_GUARD ? node->steps->k : m->stops.guard_count;
        for (; guard < m->stops.guard_count && m->stops.guards[guard].of.address == node->pc; guard++)
            fits = fits && (m->stops.guards[guard].of.test || add_pass(path, guard, i));
    }
    return fits;
}

/* How often a guard is passed in a round. */
static uint64_t passes_of(const lpu_strip *strip, uint32_t guard)
{
    uint64_t times = 0;
    for (uint32_t i = 0; i < strip->pass_count; i++)
        times += strip->passes[i].guard == guard ? lpu_times(strip, strip->passes[i].turn) : 0;
    return times;
}

uint32_t lpu_strip_passing(const lpu_machine *m, const lpu_strip *strip, uint32_t rounds)
{
    for (uint32_t i = 0; i < strip->pass_count && rounds; i++) {
        const lpu_keeper *guard = &m->stops.guards[strip->passes[i].guard];
        uint64_t left = guard->of.ignore > guard->ignored ? guard->of.ignore - guard->ignored : 0;
        rounds = (uint32_t)least(rounds, left / passes_of(strip, strip->passes[i].guard));
    }
    return rounds;
}

void lpu_strip_pass(lpu_machine *m, const lpu_strip *strip, uint32_t rounds)
{
    for (uint32_t i = 0; i < strip->pass_count; i++)
        m->stops.guards[strip->passes[i].guard].ignored += rounds * lpu_times(strip, strip->passes[i].turn);
}
