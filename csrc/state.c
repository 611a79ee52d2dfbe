/* The architectural state as a value: read, and replaced after every number in it was checked. */
#include <string.h>
#include "cycle.h"
#include "stops.h"

enum { MAX_CYCLE_BITS = 62 };

bool lpu_jump_is_news(const lpu_machine *m)
{
    return m->jump_pc != LPU_NOWHERE && m->jump_fetch == m->next_fetch && !m->fetch_ended;
}

void lpu_get_state(const lpu_machine *m, lpu_state *s)
{
    bool news = lpu_jump_is_news(m);
    memset(s, 0, sizeof *s);
    s->cycle = m->cycle, s->next_fetch = m->next_fetch;
    s->jump_pc = news ? m->jump_pc : LPU_NOWHERE;
    s->jump_slot = news ? m->jump_slot : LPU_NOWHERE;
    s->jump_cycle = news ? m->jump_cycle : LPU_NOWHERE;
    s->pc = m->pc, s->cc = m->registers[LPU_CC], s->exit_code = m->exit_code, s->fetch_ended = m->fetch_ended;
    memcpy(s->registers, m->registers, sizeof s->registers);
    s->loop_count = m->loop_count, s->write_count = m->write_count;
    memcpy(s->loops, m->loops, m->loop_count * sizeof *s->loops);
    memcpy(s->writes, m->writes, m->write_count * sizeof *s->writes);
    s->settled = m->tensor->settled;
}

static bool is_cycle(uint64_t cycle) { return !(cycle >> MAX_CYCLE_BITS); }

static bool write_is_legal(const lpu_state *s, const lpu_write *write)
{
    bool in_order = write->issued < s->cycle && s->cycle < write->landing;
    bool in_time = in_order && write->landing - write->issued <= LPU_MAX_LATENCY;
    return in_time && write->reg <= LPU_CC && (write->reg != LPU_CC || write->value < 16);
}

static bool stands_before(const lpu_write *a, const lpu_write *b)
{
    return a->landing != b->landing ? a->landing < b->landing : a->reg < b->reg;
}

static bool writes_are_legal(const lpu_state *s)
{
    if (s->write_count > LPU_IN_FLIGHT)
        return false;
    for (uint32_t i = 0; i < s->write_count; i++)
        if (!write_is_legal(s, &s->writes[i]) || (i && !stands_before(&s->writes[i - 1], &s->writes[i])))
            return false;
    return true;
}

static bool loops_are_legal(const lpu_machine *m, const lpu_state *s)
{
    if (s->loop_count > LPU_LOOPS)
        return false;
    for (uint32_t i = 0; i < s->loop_count; i++) {
        const lpu_loop *loop = &s->loops[i];
        if (!lpu_body_is_legal(m, loop->start, loop->end) || !loop->remaining || loop->remaining >> 31)
            return false;
    }
    return true;
}

static void take_state(lpu_machine *m, const lpu_state *s)
{
    m->cycle = s->cycle, m->next_fetch = s->next_fetch;
    m->jump_pc = s->jump_pc, m->jump_slot = s->jump_slot, m->jump_cycle = s->jump_cycle, m->jump_fetch = s->next_fetch;
    m->pc = s->pc, m->exit_code = s->exit_code, m->fetch_ended = s->fetch_ended;
    memcpy(m->registers, s->registers, sizeof s->registers);
    m->registers[LPU_CC] = s->cc;
    m->loop_count = s->loop_count, m->write_count = s->write_count;
    memcpy(m->loops, s->loops, s->loop_count * sizeof *s->loops);
    memcpy(m->writes, s->writes, s->write_count * sizeof *s->writes);
    lpu_clear_tensor(m);
    lpu_set_tensor_time(m->tensor, s->cycle);
    m->tensor->settled = s->settled;
}

/* The ends of loops that no `loop` of the text makes: plans made before do not know them. */
static void mark_loop_ends(lpu_machine *m)
{
    for (uint32_t i = 0; i < m->loop_count; i++) {
        uint8_t *mark = &m->marks[m->loops[i].end];
        if (!(*mark & ENDS_LOOP))
            lpu_drop_nodes(m);
        *mark |= ENDS_LOOP;
    }
}

int lpu_set_state(lpu_machine *m, const lpu_state *s)
{
    bool cycles = is_cycle(s->cycle) && is_cycle(s->next_fetch) && is_cycle(s->settled);
    bool numbers = cycles && s->cc < 16 && s->exit_code < 256;
    if (!numbers || !writes_are_legal(s) || !loops_are_legal(m, s))
        return -1;
    take_state(m, s);
    mark_loop_ends(m);
    lpu_forget_stops(m);
    m->faulted = false;
    return 0;
}

int lpu_set_register(lpu_machine *m, uint32_t reg, uint32_t value)
{
    if (reg >= LPU_REGISTERS)
        return -1;
    m->registers[reg] = value;
    return 0;
}

uint32_t *lpu_registers(lpu_machine *m) { return m->registers; }
