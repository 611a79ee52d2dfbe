/* The machine as a whole: made and destroyed, run slice by slice, its memory written from outside. */
#include <fenv.h>
#include <stdlib.h>
#include <string.h>
#include "memory.h"

enum { MAX_SYLLABLES = 1 << 23, HEMISPHERES = 2 };
enum { SLICE_CYCLES = 1 << 18, SLICE_PLANS = 1 << 13 }; /* a few milliseconds, the latter at worst */

static bool between(uint32_t value, uint32_t low, uint32_t high) { return low <= value && value <= high; }

static bool are_legal(const lpu_parameters *p)
{
    return between(p->superlanes, 1, 32) && between(p->quads, 1, 16) && between(p->banks, 1, 2)
           && between(p->rows, 1, 4096) && between(p->uninit, LPU_UNINIT_FAULT, LPU_UNINIT_POISON);
}

/* Memory of all zeros; large pieces cost nothing until they are touched. */
static void *zeros(size_t count, size_t size) { return calloc(count ? count : 1, size); }

static void copy_text(lpu_machine *m, const uint8_t *text)
{
    for (size_t i = 0; i < (size_t)m->length * 8; i++)
        m->text[i / 8] |= (uint64_t)text[i] << i % 8 * 8;
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
    m->map.sram = zeros(m->map.words, WORD_BYTES);
    m->map.written = zeros(m->map.words / 2, 1);
    m->text = zeros(m->length, sizeof *m->text);
    m->counts = zeros((size_t)m->length + 1, sizeof *m->counts);
    m->marks = zeros((size_t)m->length + 1, 1);
    m->arena = zeros(ARENA_BYTES, 1);
    return m->map.sram && m->map.written && m->text && m->counts && m->marks && m->arena;
}

lpu_machine *lpu_create(const lpu_parameters *parameters, const uint8_t *text, size_t syllables, uint32_t entry)
{
    lpu_machine *m = are_legal(parameters) && syllables <= MAX_SYLLABLES ? zeros(1, sizeof *m) : NULL;
    if (!m)
        return NULL;
    m->parameters = *parameters;
    m->length = (uint32_t)syllables;
    size_memory(m, parameters);
    if (!allocate(m)) {
        lpu_destroy(m);
        return NULL;
    }
    m->registers[LPU_CC] = LPU_CC_EQ;
    m->pc = entry;
    m->jump_pc = LPU_NOWHERE;
    copy_text(m, text);
    lpu_mark_text(m);
    return m;
}

void lpu_destroy(lpu_machine *m)
{
    if (!m)
        return;
    free(m->map.sram);
    free(m->map.written);
    free(m->text);
    free(m->counts);
    free(m->marks);
    free(m->arena);
    free(m);
}

static uint64_t fetch_cycle(const lpu_machine *m) { return m->next_fetch > m->cycle ? m->next_fetch : m->cycle; }

/* Let time pass, without fetching, up to a cycle. */
static void wait_until(lpu_machine *m, uint64_t cycle)
{
    m->cycle = cycle > m->cycle ? cycle : m->cycle;
    lpu_land(m, m->cycle);
}

static void drain(lpu_machine *m, uint64_t until)
{
    uint64_t last = m->write_count ? m->writes[m->write_count - 1].landing : 0;
    wait_until(m, last < until ? last : until);
}

/* Falling off the end of the text ends fetching in the cycle of the fetch. */
static void end_at_text_end(lpu_machine *m)
{
    if (m->pc == m->length && m->next_fetch <= m->cycle)
        m->fetch_ended = true;
}

static lpu_status settle(lpu_machine *m, uint64_t until)
{
    if (m->faulted)
        return LPU_FAULTED;
    end_at_text_end(m);
    if (m->fetch_ended)
        drain(m, until);
    return m->fetch_ended && !m->write_count ? LPU_HALTED : LPU_RUNNING;
}

/* Float results depend on the thread's rounding mode and flushing of subnormals, so both are set for the run. */
static void execute(lpu_machine *m, uint64_t until)
{
    fenv_t host;
    uint64_t fetch = fetch_cycle(m);
    fegetenv(&host);
    fesetenv(FE_DFL_ENV);
    lpu_resume(m, fetch);
    m->plans_left = SLICE_PLANS;
    lpu_execute(m, lpu_node_at(m, m->pc), fetch, until);
    fesetenv(&host);
}

lpu_status lpu_run_slice(lpu_machine *m, uint64_t until)
{
    lpu_status status = settle(m, until);
    if (status != LPU_RUNNING || m->cycle >= until)
        return status;
    uint64_t fetch = fetch_cycle(m);
    if (m->fetch_ended || fetch >= until)
        wait_until(m, until);
    else
        execute(m, until - fetch < SLICE_CYCLES ? until : fetch + SLICE_CYCLES);
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

uint64_t lpu_cycle(const lpu_machine *m) { return m->cycle; }
const lpu_fault *lpu_get_fault(const lpu_machine *m) { return m->faulted ? &m->fault : NULL; }
uint8_t *lpu_sram(lpu_machine *m) { return m->map.sram; }
uint8_t *lpu_written(lpu_machine *m) { return m->map.written; }
size_t lpu_sram_bytes(const lpu_machine *m) { return (size_t)m->map.words * WORD_BYTES; }
uint64_t *lpu_issue_counts(lpu_machine *m) { return m->counts; }

size_t lpu_next_issued(const lpu_machine *m, size_t address)
{
    while (address < m->length && !m->counts[address])
        address++;
    return address < m->length ? address : m->length;
}

static void mark_written(lpu_machine *m, size_t from, size_t to)
{
    for (; from < to && from % 8; from++)
        m->map.written[from / 8] |= (uint8_t)(1u << from % 8);
    for (; to > from && to % 8; to--)
        m->map.written[(to - 1) / 8] |= (uint8_t)(1u << (to - 1) % 8);
    memset(m->map.written + from / 8, 0xFF, (to - from) / 8);
}

int lpu_load(lpu_machine *m, size_t address, const uint8_t *data, size_t size)
{
    size_t all = lpu_sram_bytes(m);
    if (address > all || size > all - address)
        return -1;
    if (size) {
        memcpy(m->map.sram + address, data, size);
        mark_written(m, address, address + size);
    }
    return 0;
}
