/* Breakpoints and watches: set from outside, noted while running. See stops.h. */
#include "stops.h"
#include <stdlib.h>
#include <string.h>
#include "cycle.h"
#include "op.h"

enum { UNKNOWN_SLOT = -1 };

/* Noting --------------------------------------------------------------------------------------------------------- */
void lpu_forget_stops(lpu_machine *m)
{
    if (m->stops.is_hit)
        memset(m->stops.hits, 0, (m->stops.count + 1u) * sizeof *m->stops.hits);
    m->stops.is_hit = false;
}

void lpu_begin_stops(lpu_machine *m)
{
    lpu_forget_stops(m);
    m->stops.began = m->cycle;
}

static void note(lpu_machine *m, uint32_t number, int64_t address, lpu_toucher by, uint64_t cycle)
{
    lpu_stop *hit = &m->stops.hits[number];
    bool is_first = !hit->cycle || by.unit < hit->unit || (by.unit == hit->unit && address < hit->address);
    if (is_first)
        *hit = (lpu_stop){number, (int64_t)cycle, by.pc, by.slot, address, by.unit};
    m->stops.is_hit = true;
}

bool lpu_touch(lpu_machine *m, unsigned kinds, int64_t place, int64_t first, int64_t last, lpu_toucher by,
               uint64_t cycle)
{
    bool is_seen = false;
    for (uint32_t i = 0; i < m->stops.count; i++) {
        const lpu_watch *watch = &m->stops.watches[i];
        if (!(kinds & kind_bit(watch->kind)) || watch->place != place || watch->first > last || first > watch->last)
            continue;
        note(m, i, first > watch->first ? first : watch->first, by, cycle);
        is_seen = true;
    }
    return is_seen;
}

static bool stands_at_breakpoint(const lpu_machine *m)
{
    bool fetches = !m->fetch_ended && m->next_fetch <= m->cycle && m->pc < m->length && m->pc != m->end;
    return fetches && m->marks[m->pc] & BREAKPOINT && m->cycle > m->stops.began;
}

bool lpu_is_stopped(lpu_machine *m)
{
    if (stands_at_breakpoint(m))
        note(m, m->stops.count, m->pc, (lpu_toucher){m->pc, UNKNOWN_SLOT, LPU_NOWHERE}, m->cycle);
    return m->stops.is_hit;
}

/* Scalar code ---------------------------------------------------------------------------------------------------- */
bool lpu_watches_accesses(const lpu_machine *m, lpu_memory memory)
{
    return m->stops.kinds & kinds_of_access(memory);
}

bool lpu_watches_register(const lpu_machine *m, unsigned reg) { return m->stops.registers >> reg & 1; }

bool lpu_watches_unit(const lpu_machine *m, unsigned unit) { return m->stops.units[unit / 64] >> unit % 64 & 1; }

uint64_t lpu_next_watched(const lpu_machine *m)
{
    for (uint32_t i = 0; m->stops.registers && i < m->write_count; i++)
        if (lpu_watches_register(m, m->writes[i].reg))
            return m->writes[i].landing;
    return NEVER;
}

/* The unit of a scalar op; LPU_NOWHERE of one that is not in the text, as a state from outside may name. */
static int64_t unit_of(const lpu_machine *m, uint32_t pc, uint16_t slot)
{
    lpu_bundle bundle;
    if (pc >= m->length || !(m->marks[pc] & LEGAL) || !lpu_decode_bundle(m, pc, &bundle))
        return LPU_NOWHERE;
    for (unsigned i = 0; i < bundle.count; i++)
        if (bundle.ops[i].slot == slot)
            return bundle.ops[i].unit;
    return LPU_NOWHERE;
}

void lpu_note_landing(lpu_machine *m, unsigned reg, uint32_t pc, uint16_t slot, uint64_t cycle)
{
    lpu_toucher by = {pc, slot, unit_of(m, pc, slot)};
    lpu_touch(m, kind_bit(LPU_WATCH_REGISTER), LPU_NOWHERE, reg, reg, by, cycle);
}

void lpu_note_issue(lpu_machine *m, uint32_t pc, uint64_t now)
{
    lpu_bundle bundle;
    lpu_decode_bundle(m, pc, &bundle);
    for (unsigned i = 0; i < bundle.count; i++) {
        const lpu_op *op = &bundle.ops[i];
        lpu_toucher by = {pc, op->slot, op->unit};
        lpu_touch(m, kind_bit(LPU_WATCH_UNIT), LPU_NOWHERE, op->unit, op->unit, by, now + 1);
        if (writes_register(op) && op->row->latency <= 1)
            lpu_touch(m, kind_bit(LPU_WATCH_REGISTER), LPU_NOWHERE, written_by(op), written_by(op), by, now + 1);
    }
}

bool lpu_note_access(lpu_machine *m, uint32_t pc, const lpu_micro *step, uint64_t now)
{
    lpu_access access = lpu_access_of(m, step + 1);
    uint16_t slot = step[1].slot;
    lpu_toucher by = {pc, slot, unit_of(m, pc, slot)};
    bool is_seen = false;
    for (unsigned k = 0; access.in_range && k < access.count; k++) {
        int64_t byte = (int64_t)access.bytes[k];
        is_seen |= lpu_touch(m, kinds_of_access(step->k), LPU_NOWHERE, byte, byte, by, now + 1);
    }
    return is_seen;
}

/* Set from outside ----------------------------------------------------------------------------------------------- */
void lpu_destroy_stops(lpu_machine *m)
{
    free(m->stops.watches);
    free(m->stops.hits);
    free(m->stops.blocks);
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

static bool is_watch(const lpu_machine *m, const lpu_watch *watch)
{
    return 0 <= watch->first && watch->first <= watch->last && watch->last < numbers_of(m, watch);
}

static void clear_stops(lpu_machine *m)
{
    lpu_destroy_stops(m);
    m->stops = (lpu_stops){.count = 0};
    for (uint32_t pc = 0; pc < m->length; pc++)
        m->marks[pc] &= (uint8_t)~BREAKPOINT;
}

static void set_bits(uint64_t *bits, const lpu_watch *watch)
{
    for (int64_t i = watch->first; i <= watch->last; i++)
        bits[i / 64] |= 1ull << i % 64;
}

static void set_blocks(lpu_machine *m, const lpu_watch *watch)
{
    for (int64_t block = watch->first >> WATCHED_BLOCK_SHIFT; block <= watch->last >> WATCHED_BLOCK_SHIFT; block++)
        m->stops.blocks[block / 8] |= (uint8_t)(1u << block % 8);
}

/* What tells quickly that something is not watched. */
static void add_watch(lpu_machine *m, const lpu_watch *watch)
{
    m->stops.watches[m->stops.count++] = *watch;
    m->stops.kinds |= kind_bit(watch->kind);
    if (watch->kind == LPU_WATCH_REGISTER)
        set_bits(&m->stops.registers, watch);
    else if (watch->kind == LPU_WATCH_UNIT)
        set_bits(m->stops.units, watch);
    else if (kind_bit(watch->kind) & (kinds_of_access(LPU_MEMORY_LOAD) | kinds_of_access(LPU_MEMORY_STORE)))
        set_blocks(m, watch);
}

static bool allocate(lpu_machine *m, size_t count)
{
    lpu_stops *s = &m->stops;
    s->watches = calloc(count + 1, sizeof *s->watches);
    s->hits = calloc(count + 1, sizeof *s->hits);
    s->blocks = calloc((lpu_sram_bytes(m) >> WATCHED_BLOCK_SHIFT) / 8 + 1, 1);
    return s->watches && s->hits && s->blocks;
}

int lpu_set_stops(lpu_machine *m, const uint32_t *breakpoints, size_t breakpoint_count, const lpu_watch *watches,
                  size_t count)
{
    bool are_legal = count < UINT32_MAX;
    for (size_t i = 0; are_legal && i < breakpoint_count; i++)
        are_legal = breakpoints[i] < m->length;
    for (size_t i = 0; are_legal && i < count; i++)
        are_legal = is_watch(m, &watches[i]);
    if (!are_legal)
        return -1;
    lpu_settle_tensor(m, m->cycle);
    lpu_drop_nodes(m);
    clear_stops(m);
    if (!allocate(m, count)) {
        clear_stops(m);
        return -1;
    }
    for (size_t i = 0; i < breakpoint_count; i++)
        m->marks[breakpoints[i]] |= BREAKPOINT;
    for (size_t i = 0; i < count; i++)
        add_watch(m, &watches[i]);
    return 0;
}

const lpu_stop *lpu_stop_of(const lpu_machine *m, int64_t watch)
{
    int64_t number = watch == LPU_NOWHERE ? m->stops.count : watch;
    bool is_hit = m->stops.is_hit && 0 <= number && number <= m->stops.count && m->stops.hits[number].cycle;
    return is_hit ? &m->stops.hits[number] : NULL;
}
