/* The machine as a whole: made and destroyed, run slice by slice. */
#include <stdlib.h>
#include <string.h>
#include "bursts.h"
#include "cycle.h"
#include "host.h"
#include "memory.h"
#include "region.h"
#include "stops.h"
#include "stretch.h"
#include "zeros.h"

enum { MAX_SYLLABLES = 1 << 23, HEMISPHERES = 2 };
enum { GUARD = 1 }; /* a syllable that is no op, and ends what would be a bundle */
/* Each a few milliseconds, the latter two at worst. */
enum { SLICE_CYCLES = 1 << 18, SLICE_PLANS = 1 << 13, SLICE_TENSOR_CYCLES = 1 << 10 };

static bool between(uint32_t value, uint32_t low, uint32_t high) { return low <= value && value <= high; }

static bool are_legal(const lpu_parameters *p)
{
    return between(p->superlanes, 1, 32) && between(p->quads, 1, 16) && between(p->banks, 1, 2)
           && between(p->rows, 1, 4096) && between(p->uninit, LPU_UNINIT_FAULT, LPU_UNINIT_POISON)
           && between(p->streams, 4, 32) && p->streams % 4 == 0 && between(p->vxm_alus, 1, 16)
           && between(p->mxm_planes, 0, 4) && p->mxm_planes % 2 == 0;
}

static void copy_text(uint64_t *to, const uint8_t *text, size_t syllables)
{
    for (size_t i = 0; i < syllables * 8; i++)
        to[i / 8] |= (uint64_t)text[i] << i % 8 * 8;
}

/* False when memory runs out. */
static bool load_text(lpu_machine *m, const uint8_t *text)
{
    copy_text(m->text, text, m->length);
    return lpu_mark_text(m, 0) && lpu_finish_tensor(m, 0);
}

/* With w words a bank, 2^48 / w rounded up gives exact quotients: the error is below w words in 2^48, and there are
 * at most 256 w words, w below 2^20. */
static void size_memory(lpu_machine *m, const lpu_parameters *p)
{
    uint32_t bank = p->superlanes * LANES_PER_SUPERLANE / WORD_BYTES * p->rows;
    m->map.words = bank * p->banks * p->quads * SLICES_PER_QUAD * HEMISPHERES;
    m->map.bank_magic = ((1ull << BANK_SHIFT) + bank - 1) / bank;
}

static bool allocate(lpu_machine *m)
{
    m->map.sram = lpu_zeros(m->map.words, WORD_BYTES);
    m->map.written = lpu_zeros(m->map.words / WORDS_AT_ONCE + 2, sizeof *m->map.written);
    m->map.parts = lpu_zeros(m->map.words / 2, 1);
    m->map.changed = lpu_zeros((size_t)m->map.words * WORD_BYTES / LPU_CHANGED_BYTES + 1, 1);
    m->text = calloc((size_t)m->length + 1, sizeof *m->text);
    m->counts = calloc((size_t)m->length + 1, sizeof *m->counts);
    m->marks = calloc((size_t)m->length + 1, 1);
    m->arena = lpu_zeros(ARENA_BYTES, 1);
    bool is_mapped = m->map.sram && m->map.written && m->map.parts && m->map.changed;
    return is_mapped && m->text && m->counts && m->marks && m->arena && lpu_create_tensor(m);
}

lpu_machine *lpu_create(const lpu_parameters *parameters, const uint8_t *text, size_t syllables, uint32_t entry)
{
    lpu_machine *m = are_legal(parameters) && syllables <= MAX_SYLLABLES ? lpu_zeros(1, sizeof *m) : NULL;
    if (!m)
        return NULL;
    m->parameters = *parameters;
    m->end = m->length = (uint32_t)syllables;
    size_memory(m, parameters);
    m->registers[LPU_CC] = LPU_CC_EQ;
    m->pc = entry;
    m->jump_pc = LPU_NOWHERE;
    if (allocate(m) && load_text(m, text))
        return m;
    lpu_destroy(m);
    return NULL;
}

void lpu_destroy(lpu_machine *m)
{
    if (!m)
        return;
    lpu_destroy_tensor(m);
    lpu_destroy_stops(m);
    lpu_drop_regions(m);
    lpu_free_zeros(m->map.sram);
    lpu_free_zeros(m->map.written);
    lpu_free_zeros(m->map.parts);
    lpu_free_zeros(m->map.changed);
    free(m->text);
    free(m->counts);
    free(m->marks);
    lpu_free_zeros(m->arena);
    lpu_free_zeros(m);
}

/* Appending ------------------------------------------------------------------------------------------------------ */
/* A table grown to `size` bytes, zeros from `used` on; NULL when memory runs out, the table as it was. */
static void *grown(void *table, size_t used, size_t size)
{
    uint8_t *bytes = realloc(table, size);
    if (bytes)
        memset(bytes + used, 0, size - used);
    return bytes;
}

static bool grow_text(lpu_machine *m, size_t length)
{
    size_t old = m->length;
    uint64_t *text = grown(m->text, old * sizeof *text, length * sizeof *text);
    m->text = text ? text : m->text;
    uint64_t *counts = grown(m->counts, (old + 1) * sizeof *counts, (length + 1) * sizeof *counts);
    m->counts = counts ? counts : m->counts;
    uint8_t *marks = grown(m->marks, old + 1, length + 1);
    m->marks = marks ? marks : m->marks;
    return text && counts && marks;
}

/* The text from `from` on is new; false, and as if it were not there, when memory runs out. */
static bool take_text(lpu_machine *m, uint32_t from, uint32_t length)
{
    uint32_t ops = m->tensor->op_count, losses = m->tensor->loss_count;
    m->length = length;
    if (lpu_mark_text(m, from) && lpu_finish_tensor(m, losses))
        return true;
    m->length = from;
    m->tensor->op_count = ops;
    m->tensor->loss_count = losses;
    return false;
}

/* A guard, the text, a guard: so nothing runs into the text, nor on behind it. */
int64_t lpu_append(lpu_machine *m, const uint8_t *text, size_t syllables)
{
    uint32_t from = m->length, start = from == m->end ? from + 1 : from;
    if (start >= MAX_SYLLABLES || syllables >= MAX_SYLLABLES - start || !grow_text(m, start + syllables + 1))
        return LPU_NOWHERE;
    lpu_drop_nodes(m);
    m->tensor->element_count = 0;
    m->text[start - 1] = m->text[start + syllables] = GUARD;
    copy_text(m->text + start, text, syllables);
    return take_text(m, from, (uint32_t)(start + syllables + 1)) ? (int64_t)start : LPU_NOWHERE;
}

static uint64_t fetch_cycle(const lpu_machine *m) { return m->next_fetch > m->cycle ? m->next_fetch : m->cycle; }

void lpu_wait_until(lpu_machine *m, uint64_t cycle)
{
    m->cycle = cycle > m->cycle ? cycle : m->cycle;
    lpu_land(m, m->cycle);
}

static uint64_t most(uint64_t a, uint64_t b) { return a > b ? a : b; }

/* No later than a landing that is watched. */
static uint64_t stop_by(const lpu_machine *m, uint64_t until) { return least(until, lpu_next_watched(m)); }

/* Once fetching has ended: up to where all has landed, or something is to be done. */
static void drain(lpu_machine *m, uint64_t until)
{
    uint64_t last = m->write_count ? m->writes[m->write_count - 1].landing : 0;
    uint64_t settled = most(m->tensor->settled, lpu_bursts_end(m->tensor));
    lpu_wait_until(m, least(most(settled, last), stop_by(m, least(until, lpu_next_event(m)))));
}

/* Falling off the end of the program ends fetching in the cycle of the fetch. */
static void end_at_text_end(lpu_machine *m)
{
    if (m->pc == m->end && m->next_fetch <= m->cycle)
        m->fetch_ended = true;
}

static bool is_over(const lpu_machine *m)
{
    bool all_landed = m->fetch_ended && !m->write_count && m->cycle >= m->tensor->settled;
    return all_landed && m->cycle >= lpu_bursts_end(m->tensor);
}

static lpu_status settle(lpu_machine *m, uint64_t until)
{
    if (m->faulted) {
        lpu_forget_stops(m); /* nothing of the cycle happened */
        return LPU_FAULTED;
    }
    end_at_text_end(m);
    if (m->fetch_ended && !lpu_is_stopped(m))
        drain(m, until);
    if (lpu_is_stopped(m))
        return LPU_STOPPED;
    return is_over(m) ? LPU_HALTED : LPU_RUNNING;
}

void lpu_fetch_once(lpu_machine *m)
{
    uint64_t now = m->cycle;
    lpu_resume(m, now);
    m->with_tensor = true;
    lpu_execute(m, lpu_node_at(m, m->pc), now, now + 1);
    m->with_tensor = false;
}

/* From the fetch in this cycle on, as long as nothing happens on the tensor face. */
static void run_scalars(lpu_machine *m, uint64_t until)
{
    uint64_t now = m->cycle;
    lpu_resume(m, now);
    lpu_execute(m, lpu_node_at(m, m->pc), now, until);
}

static bool is_scalar(const lpu_machine *m) { return !(m->pc < m->length && m->marks[m->pc] & HAS_TENSOR); }

/* A cycle, or more if they are all scalar; or none when it turns out that the text has ended. False when there is
 * nothing more to do before `until`. */
static bool advance(lpu_machine *m, uint64_t until)
{
    uint64_t fetch = m->fetch_ended ? NEVER : fetch_cycle(m), event = lpu_next_event(m), next = least(fetch, event);
    until = stop_by(m, until);
    if (!m->fetch_ended || next < until)
        lpu_wait_until(m, least(next, until));
    if (next >= until || lpu_is_stopped(m))
        return false;
    end_at_text_end(m);
    if (fetch == next && m->fetch_ended)
        return true;
    if (fetch < event && is_scalar(m))
        run_scalars(m, least(event, until));
    else if (!lpu_try_stretch(m, until))
        lpu_tensor_cycle(m, fetch == next);
    return true;
}

static bool may_go_on(lpu_machine *m, uint64_t until)
{
    return !m->faulted && m->cycle < until && m->plans_left <= SLICE_PLANS && !is_over(m) && !lpu_is_stopped(m)
           && m->tensor->stretch->cycles < SLICE_TENSOR_CYCLES;
}

void lpu_set_strips(lpu_machine *m, int with_strips)
{
    m->without_strips = !with_strips;
    lpu_drop_nodes(m);
}

void lpu_set_stretches(lpu_machine *m, uint32_t least) { m->tensor->stretch->least = least; }
uint64_t lpu_stretches(const lpu_machine *m) { return m->tensor->stretch->count; }

lpu_status lpu_run_slice(lpu_machine *m, uint64_t until)
{
    lpu_begin_stops(m);
    m->slice++;
    lpu_status status = settle(m, until);
    if (status != LPU_RUNNING || m->cycle >= until)
        return status;
    lpu_host host;
    uint64_t pause = least(until, fetch_cycle(m) + SLICE_CYCLES);
    leave_host(&host);
    m->plans_left = SLICE_PLANS;
    m->tensor->stretch->cycles = 0;
    for (unsigned left = SLICE_TENSOR_CYCLES; left > 0 && may_go_on(m, pause) && advance(m, pause); left--) {}
    matrix_rest(m->tensor->matrix);
    return_to_host(&host);
    return settle(m, until);
}

lpu_status lpu_run(lpu_machine *m, uint64_t until)
{
    lpu_status status;
    do
        status = lpu_run_slice(m, until);
    while (status == LPU_RUNNING && m->cycle < until);
    return status;
}

lpu_status lpu_run_for(lpu_machine *m, uint64_t cycles) { return lpu_run(m, m->cycle + cycles); }

uint64_t lpu_cycle(const lpu_machine *m) { return m->cycle; }
const lpu_fault *lpu_get_fault(const lpu_machine *m) { return m->faulted ? &m->fault : NULL; }
uint64_t *lpu_issue_counts(lpu_machine *m) { return m->counts; }

size_t lpu_next_issued(const lpu_machine *m, size_t address)
{
    while (address < m->length && !m->counts[address])
        address++;
    return address < m->length ? address : m->length;
}

size_t lpu_get_counts(const lpu_machine *m, uint32_t *addresses, uint64_t *counts, size_t room)
{
    size_t found = 0;
    for (size_t at = lpu_next_issued(m, 0); at < m->length; at = lpu_next_issued(m, at + 1), found++)
        if (found < room) {
            addresses[found] = (uint32_t)at;
            counts[found] = m->counts[at];
        }
    return found;
}

static bool is_bundle(const lpu_machine *m, uint32_t address)
{
    return address < m->length && (m->marks[address] & (STARTS | LEGAL)) == (STARTS | LEGAL);
}

size_t lpu_set_counts(lpu_machine *m, const uint32_t *addresses, const uint64_t *counts, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (!is_bundle(m, addresses[i]))
            return i;
    memset(m->counts, 0, m->length * sizeof *m->counts);
    for (size_t i = 0; i < size; i++)
        m->counts[addresses[i]] = counts[i];
    return size;
}

