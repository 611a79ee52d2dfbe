/* Breakpoints, guards and watches: noted while running. See stops.h. */
#include "stops.h"
#include <string.h>
#include "op.h"

enum { UNKNOWN_SLOT = -1 };

/* Noting --------------------------------------------------------------------------------------------------------- */
void lpu_forget_stops(lpu_machine *m)
{
    if (m->stops.is_hit)
        memset(m->stops.hits, 0, (m->stops.count + 1u + m->stops.guard_count) * sizeof *m->stops.hits);
    m->stops.is_hit = false;
    m->stops.touched_count = 0;
}

void lpu_begin_stops(lpu_machine *m)
{
    lpu_forget_stops(m);
    m->stops.began = m->cycle;
    for (uint32_t i = 0; i < m->stops.count; i++)
        m->stops.watches[i].tested = NEVER;
    for (uint32_t i = 0; i < m->stops.guard_count; i++)
        m->stops.guards[i].judged = NEVER;
}

static void note(lpu_machine *m, uint32_t number, int64_t address, lpu_toucher by, uint64_t cycle)
{
    lpu_stop *hit = &m->stops.hits[number];
    bool is_first = !hit->cycle || by.unit < hit->unit || (by.unit == hit->unit && address < hit->address);
    if (is_first)
        *hit = (lpu_stop){number, (int64_t)cycle, by.pc, by.slot, address, by.unit};
    m->stops.is_hit = true;
}

static bool looks_at(const lpu_watch *watch, unsigned kinds, int64_t place, int64_t first, int64_t last)
{
    return kinds & kind_bit(watch->kind) && watch->place == place && watch->first <= last && first <= watch->last;
}

bool lpu_touch(lpu_machine *m, unsigned kinds, int64_t place, int64_t first, int64_t last, lpu_toucher by,
               uint64_t cycle)
{
    bool is_seen = false;
    for (uint32_t i = 0; i < m->stops.count; i++) {
        const lpu_watch *watch = &m->stops.watches[i].of;
        if (watch->test || !looks_at(watch, kinds, place, first, last))
            continue;
        note(m, i, first > watch->first ? first : watch->first, by, cycle);
        is_seen = true;
    }
    return is_seen;
}

/* Guards --------------------------------------------------------------------------------------------------------- */
/* Whether a guard stops the run in a cycle, in which its register has a value; else it may count as ignored. */
static bool stops_at(lpu_keeper *guard, uint32_t value, uint64_t cycle)
{
    if (guard->judged == cycle || (guard->of.test && !lpu_passes(guard->of.test, value)))
        return false;
    if (guard->ignored >= guard->of.ignore)
        return true;
    guard->ignored++;
    guard->judged = cycle;
    return false;
}

/* What a register holds as a bundle is fetched: what its first write in flight, if any, has yet to replace. */
static uint32_t fetched_value(const lpu_machine *m, const lpu_node *node, uint32_t reg)
{
    for (unsigned i = 0; i < node->before_count; i++)
        if (node->before[i].reg == reg)
            return m->undo[node->before[i].level][reg];
    return m->registers[reg];
}

bool lpu_guards_stop(lpu_machine *m, const lpu_node *node, uint32_t first, uint64_t now)
{
    bool stops = false;
    for (uint32_t i = first; i < m->stops.guard_count && m->stops.guards[i].of.address == node->pc; i++) {
        lpu_keeper *guard = &m->stops.guards[i];
        stops |= stops_at(guard, fetched_value(m, node, guard->of.reg), now);
    }
    return stops;
}

uint32_t lpu_first_guard(const lpu_machine *m, uint32_t pc)
{
    uint32_t low = 0, high = m->stops.guard_count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (m->stops.guards[middle].of.address < pc)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void note_guards(lpu_machine *m, lpu_toucher by)
{
    for (uint32_t i = lpu_first_guard(m, m->pc); i < m->stops.guard_count; i++) {
        lpu_keeper *guard = &m->stops.guards[i];
        if (guard->of.address != m->pc)
            return;
        if (stops_at(guard, m->registers[guard->of.reg], m->cycle))
            note(m, m->stops.count + 1 + i, m->pc, by, m->cycle);
    }
}

/* The bundle about to be fetched, but not where the run began. */
static void note_bundle(lpu_machine *m)
{
    lpu_toucher by = {m->pc, UNKNOWN_SLOT, LPU_NOWHERE};
    bool fetches = !m->fetch_ended && m->next_fetch <= m->cycle && m->pc < m->length && m->pc != m->end;
    if (!fetches || m->cycle <= m->stops.began)
        return;
    if (m->marks[m->pc] & BREAKPOINT)
        note(m, m->stops.count, m->pc, by, m->cycle);
    if (m->marks[m->pc] & GUARDED)
        note_guards(m, by);
}

bool lpu_is_stopped(lpu_machine *m)
{
    note_bundle(m);
    return m->stops.is_hit;
}

/* Scalar code ---------------------------------------------------------------------------------------------------- */
bool lpu_watches_accesses(const lpu_machine *m, lpu_memory memory)
{
    return m->stops.kinds & kinds_of_access(memory);
}

bool lpu_watches_register(const lpu_machine *m, unsigned reg) { return m->stops.registers >> reg & 1; }

bool lpu_watches_unit(const lpu_machine *m, unsigned unit) { return m->stops.units[unit / 64] >> unit % 64 & 1; }

bool lpu_tests_register(const lpu_machine *m, unsigned reg) { return m->stops.tested_registers >> reg & 1; }

bool lpu_value_passes(const lpu_machine *m, unsigned reg, uint32_t value)
{
    for (uint32_t i = 0; i < m->stops.count; i++) {
        const lpu_watch *watch = &m->stops.watches[i].of;
        if (watch->test && looks_at(watch, kind_bit(LPU_WATCH_REGISTER), LPU_NOWHERE, reg, reg)
            && lpu_passes(watch->test, value))
            return true;
    }
    return false;
}

static bool is_awaited(const lpu_machine *m, const lpu_write *write)
{
    bool tested = lpu_tests_register(m, write->reg) && lpu_value_passes(m, write->reg, write->value);
    return tested || lpu_watches_register(m, write->reg);
}

uint64_t lpu_next_watched(const lpu_machine *m)
{
    for (uint32_t i = 0; (m->stops.registers | m->stops.tested_registers) && i < m->write_count; i++)
        if (is_awaited(m, &m->writes[i]))
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

static void note_value(lpu_machine *m, unsigned reg, uint32_t value, lpu_toucher by, uint64_t cycle)
{
    for (uint32_t i = 0; i < m->stops.count; i++) {
        const lpu_watch *watch = &m->stops.watches[i].of;
        if (looks_at(watch, kind_bit(LPU_WATCH_REGISTER), LPU_NOWHERE, reg, reg)
            && (!watch->test || lpu_passes(watch->test, value)))
            note(m, i, reg, by, cycle);
    }
}

void lpu_note_landing(lpu_machine *m, unsigned reg, uint32_t value, uint32_t pc, uint16_t slot, uint64_t cycle)
{
    if (lpu_watches_register(m, reg) || (lpu_tests_register(m, reg) && lpu_value_passes(m, reg, value)))
        note_value(m, reg, value, (lpu_toucher){pc, slot, unit_of(m, pc, slot)}, cycle);
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

/* Elements ------------------------------------------------------------------------------------------------------- */
void lpu_test_bytes(lpu_machine *m, const lpu_touched *touched, uint64_t cycle)
{
    for (uint32_t i = 0; i < m->stops.count; i++) {
        lpu_watcher *watch = &m->stops.watches[i];
        size_t low = (size_t)watch->of.first, high = (size_t)watch->of.last;
        size_t first = touched->first > low ? touched->first : low, last = touched->last < high ? touched->last : high;
        lpu_passing found;
        if (!watch->of.elements || first > last || !lpu_find_passing(m, watch, first, last, cycle, &found))
            continue;
        lpu_stop *hit = &m->stops.hits[i];
        if (hit->cycle && watch->number <= found.number)
            continue;
        watch->number = found.number;
        const lpu_toucher *by = &touched->by;
        *hit = (lpu_stop){i, (int64_t)cycle, by->pc, by->slot, (int64_t)(found.bit / 8), by->unit};
        m->stops.is_hit = true;
    }
}

bool lpu_test_stored(lpu_machine *m, uint64_t cycle)
{
    for (uint32_t i = 0; i < m->stops.touched_count; i++)
        lpu_test_bytes(m, &m->stops.touched[i], cycle);
    m->stops.touched_count = 0;
    return m->stops.is_hit;
}

bool lpu_test_store(lpu_machine *m, uint32_t pc, const lpu_micro *step, uint64_t now)
{
    lpu_access access = lpu_access_of(m, step + 1);
    lpu_toucher by = {pc, step[1].slot, step->k};
    for (unsigned k = 0; k < access.count; k++) {
        size_t last = access.is_lane ? access.bytes[k] : access.bytes[access.count - 1];
        m->stops.touched[m->stops.touched_count++] = (lpu_touched){access.bytes[k], last, by};
        if (!access.is_lane)
            break;
    }
    return !m->with_tensor && lpu_test_stored(m, now + 1);
}
