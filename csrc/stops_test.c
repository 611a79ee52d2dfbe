/* Numbers in their order, and many of them at once. See stops_test.h.
 *
 * A number of few bits is the upper part of a pattern of 32. Elements are taken from memory as patterns, a block of them
 * at a time; nearly always none passes, which a few vector instructions tell. */
#include "stops_test.h"
#include "lanes_loop.h"
#include "memory.h"

enum { PATTERN_BITS = 32, MOST_AT_ONCE = 512, FEW_AT_ONCE = 16, BITS = 8 /* of a byte */ };
static const uint32_t TOP = 1u << 31;

/* A place in order is a pattern with these bits turned, and these, too, if it is negative. */
typedef struct {
    uint32_t turned, negative;
} ordering;

static ordering ordering_of(lpu_order order)
{
    return (ordering){order == LPU_UNSIGNED ? 0 : TOP, order == LPU_FLOATING ? ~TOP : 0};
}

static inline uint32_t place_of(ordering o, uint32_t pattern)
{
    return pattern ^ o.turned ^ (-(pattern >> 31) & o.negative);
}

/* 1 or 0: a number, since both sides of an or are to be taken, which vector instructions do. */
static inline uint32_t is_in(const lpu_test *test, unsigned range, uint32_t place)
{
    return (uint32_t)(test->low[range] <= place) & (uint32_t)(place <= test->high[range]);
}

bool lpu_passes(const lpu_test *test, uint32_t value)
{
    uint32_t place = place_of(ordering_of(test->order), value);
    return (is_in(test, 0, place) | is_in(test, 1, place)) != 0;
}

static inline uint32_t word_at(const uint8_t *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

/* Whether any of some values passes; that nearly always none does is told by a few vector instructions. */
LPU_CLONES static bool passes_any(const lpu_test *test, const uint32_t *values, size_t count)
{
    lpu_test of = *test;
    ordering order = ordering_of(of.order);
    uint32_t passing[FEW_AT_ONCE] = {0}, any = 0;
    size_t whole = count - count % FEW_AT_ONCE;
    for (size_t block = 0; block < whole; block += FEW_AT_ONCE)
        for (size_t i = 0; i < FEW_AT_ONCE; i++) {
            uint32_t place = place_of(order, values[block + i]);
            passing[i] |= is_in(&of, 0, place) | is_in(&of, 1, place);
        }
    for (size_t i = 0; i < FEW_AT_ONCE; i++)
        any |= passing[i];
    for (size_t i = whole; i < count; i++)
        any |= lpu_passes(&of, values[i]);
    return any;
}

/* Values that make no whole block are tested along with some of the others. */
uint32_t lpu_first_passing(const lpu_test *test, const uint32_t *values, uint32_t count)
{
    uint32_t rest = count % FEW_AT_ONCE, whole = count > FEW_AT_ONCE ? count - rest : count;
    bool passes = passes_any(test, values, whole)
                  || (whole < count && passes_any(test, values + count - FEW_AT_ONCE, FEW_AT_ONCE));
    uint32_t first = passes ? 0 : count;
    while (first < count && !lpu_passes(test, values[first]))
        first++;
    return first;
}

bool lpu_word_may_pass(const lpu_machine *m, uint32_t word)
{
    return lpu_word_may_become(m, word, word_at(m->map.sram + 4ull * word));
}

bool lpu_word_may_become(const lpu_machine *m, uint32_t word, uint32_t value)
{
    for (uint32_t i = 0; i < m->stops.count; i++) {
        const lpu_watcher *watch = &m->stops.watches[i];
        uint32_t number = word - watch->first_word;
        const uint8_t *golden = watch->test.golden;
        if (!watch->of.elements || (watch->has_words && number >= watch->words))
            continue;
        if (!watch->has_words || (golden ? word_at(golden + 4ull * number) != value : lpu_passes(&watch->test, value)))
            return true;
    }
    return false;
}

/* Patterns out of memory ----------------------------------------------------------------------------------------- */
/* Elements whose bytes lie in planes, `stride` apart */
LPU_CLONES static void take_planes(uint32_t *restrict to, const uint8_t *restrict from, size_t stride, unsigned bytes,
                                   size_t lanes)
{
    EACH_LANE(l, to[l] = (uint32_t)from[l] << (PATTERN_BITS - BITS * bytes));
    for (unsigned k = 1; k < bytes; k++) {
        const uint8_t *restrict plane = from + k * stride;
        unsigned shift = PATTERN_BITS - BITS * (bytes - k);
        EACH_LANE(l, to[l] |= (uint32_t)plane[l] << shift);
    }
}

LPU_CLONES static void take_pairs(uint32_t *restrict to, const uint8_t *restrict from, size_t lanes)
{
    EACH_LANE(l, to[l] = (uint32_t)from[2 * l] << 16 | (uint32_t)from[2 * l + 1] << 24);
}

LPU_CLONES static void take_words(uint32_t *restrict to, const uint8_t *restrict from, size_t lanes)
{
    EACH_LANE(l, to[l] = word_at(from + 4 * l));
}

/* Elements of four bits, two to a byte from the lower half of one on, or halves of bytes side by side */
LPU_CLONES static void take_halves(uint32_t *restrict to, const uint8_t *restrict from, uint64_t bit, size_t step,
                                   size_t lanes)
{
    for (size_t l = 0; l < lanes; l++, bit += step)
        to[l] = (uint32_t)from[bit / BITS] >> bit % BITS << (PATTERN_BITS - 4);
}

static void take_others(uint32_t *to, const uint8_t *from, size_t step, size_t stride, unsigned bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        to[i] = 0;
        for (unsigned k = 0; k < bytes; k++)
            to[i] |= (uint32_t)from[i * step + k * stride] << (PATTERN_BITS - BITS * (bytes - k));
    }
}

/* `count` elements from a bit on, as patterns */
static void take(uint32_t *to, const uint8_t *from, uint64_t bit, uint64_t step, uint64_t stride, unsigned bits,
                 size_t count)
{
    unsigned bytes = bits / BITS;
    if (bits < BITS)
        take_halves(to, from, bit, step, count);
    else if (step == BITS)
        take_planes(to, from + bit / BITS, stride, bytes, count);
    else if (step == 16 && stride == 1 && bytes == 2)
        take_pairs(to, from + bit / BITS, count);
    else if (step == 32 && stride == 1 && bytes == 4)
        take_words(to, from + bit / BITS, count);
    else
        take_others(to, from + bit / BITS, step / BITS, stride, bytes, count);
}

/* Many at once --------------------------------------------------------------------------------------------------- */
/* All bits set for every pattern that passes */
LPU_CLONES static uint32_t mark_passing(uint32_t *restrict patterns, const lpu_test *test, ordering o, size_t lanes)
{
    uint32_t low0 = test->low[0], high0 = test->high[0], low1 = test->low[1], high1 = test->high[1], any = 0;
    EACH_LANE(l, patterns[l] = place_of(o, patterns[l]));
    EACH_LANE(l, patterns[l] = -(uint32_t)(((low0 <= patterns[l]) & (patterns[l] <= high0))
                                           | ((low1 <= patterns[l]) & (patterns[l] <= high1))));
    EACH_LANE(l, any |= patterns[l]);
    return any;
}

LPU_CLONES static uint32_t mark_different(uint32_t *restrict patterns, const uint32_t *restrict golden, size_t lanes)
{
    uint32_t any = 0;
    EACH_LANE(l, patterns[l] ^= golden[l]);
    EACH_LANE(l, any |= patterns[l]);
    return any;
}

/* Not 0 where something passes; then `patterns` is not 0 for each that does. */
static uint32_t mark(uint32_t *patterns, const lpu_test *test, uint64_t number, size_t count)
{
    uint32_t golden[MOST_AT_ONCE];
    if (!test->golden)
        return mark_passing(patterns, test, ordering_of(test->order), count);
    take(golden, test->golden, number * test->bits, test->bits, 1, test->bits, count);
    return mark_different(patterns, golden, count);
}

/* Elements ------------------------------------------------------------------------------------------------------- */
static bool is_complete(const lpu_machine *m, const lpu_watcher *watch, uint64_t bit)
{
    uint64_t byte = bit / BITS;
    for (unsigned bits = 0; bits < watch->test.bits; bits += BITS, byte += watch->elements.stride)
        if (!is_byte_written(&m->map, byte))
            return false;
    return true;
}

/* The first of `count` elements that passes, its bytes all written; `count` where none does. */
static size_t first_passing(const lpu_machine *m, const lpu_watcher *watch, uint64_t number, uint64_t bit, size_t count)
{
    uint32_t patterns[MOST_AT_ONCE];
    const lpu_elements *elements = &watch->elements;
    take(patterns, m->map.sram, bit, elements->step, elements->stride, watch->test.bits, count);
    if (!mark(patterns, &watch->test, number, count))
        return count;
    size_t i = 0;
    while (i < count && !(patterns[i] && is_complete(m, watch, bit + i * elements->step)))
        i++;
    return i;
}

/* The same of elements `from` to `to` of a run, which are many. */
static bool look(const lpu_machine *m, const lpu_watcher *watch, const lpu_elements_run *run, uint64_t from,
                 uint64_t to, lpu_passing *found)
{
    for (; from <= to; from += MOST_AT_ONCE) {
        size_t count = to - from < MOST_AT_ONCE ? to - from + 1 : MOST_AT_ONCE;
        uint64_t number = run->number + from, bit = run->bit + from * watch->elements.step;
        size_t i = first_passing(m, watch, number, bit, count);
        if (i == count)
            continue;
        *found = (lpu_passing){number + i, bit + i * watch->elements.step};
        return true;
    }
    return false;
}

static int64_t last_bit(const lpu_elements *elements, size_t run)
{
    return (int64_t)(elements->runs[run].bit + (elements->runs[run].count - 1) * elements->step);
}

/* The first run that does not end before a bit; the number of runs where all do. */
static size_t first_run(const lpu_elements *elements, int64_t bit)
{
    size_t low = 0, high = elements->run_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (last_bit(elements, middle) < bit)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Elements `from` to `to` of a run were looked at before in this cycle; else they are from now on. */
static bool is_known(lpu_watcher *watch, uint64_t cycle, uint64_t run, uint64_t from, uint64_t to)
{
    bool known = watch->tested == cycle && watch->run == run && watch->from == from && watch->to == to;
    watch->tested = cycle, watch->run = run, watch->from = from, watch->to = to;
    return known;
}

/* The same of the elements that begin from one bit to another. */
static bool look_between(const lpu_machine *m, lpu_watcher *watch, int64_t low, int64_t high, uint64_t cycle,
                         lpu_passing *found)
{
    const lpu_elements *elements = &watch->elements;
    bool is_found = false;
    for (size_t i = first_run(elements, low); i < elements->run_count && (int64_t)elements->runs[i].bit <= high; i++) {
        const lpu_elements_run *run = &elements->runs[i];
        int64_t begin = (int64_t)run->bit;
        uint64_t from = begin < low ? ((uint64_t)(low - begin) + elements->step - 1) / elements->step : 0;
        uint64_t to = last_bit(elements, i) <= high ? run->count - 1 : (uint64_t)(high - begin) / elements->step;
        lpu_passing here;
        if (from > to || is_known(watch, cycle, i, from, to) || !look(m, watch, run, from, to, &here))
            continue;
        if (!is_found || here.number < found->number)
            *found = here;
        is_found = true;
    }
    return is_found;
}

/* Where bytes of elements lie apart, each byte of one may be among those given; else they are one piece. */
bool lpu_find_passing(const lpu_machine *m, lpu_watcher *watch, size_t first, size_t last, uint64_t cycle,
                      lpu_passing *found)
{
    unsigned bytes = watch->test.bits < BITS ? 1 : watch->test.bits / BITS;
    bool is_piece = watch->elements.stride == 1;
    bool is_found = false;
    for (unsigned k = 0; k < (is_piece ? 1 : bytes); k++) {
        int64_t start = ((int64_t)first - (int64_t)(k * watch->elements.stride) - (is_piece ? bytes - 1 : 0)) * BITS;
        int64_t end = ((int64_t)last - (int64_t)(k * watch->elements.stride)) * BITS + BITS - 1;
        lpu_passing here;
        if (end < 0 || !look_between(m, watch, start, end, cycle, &here))
            continue;
        if (!is_found || here.number < found->number)
            *found = here;
        is_found = true;
    }
    return is_found;
}
