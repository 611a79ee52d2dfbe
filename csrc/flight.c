/* Writes in flight: between the architectural form (a register holds what has landed) and the running form (it
 * holds its newest write, and `undo` what that overwrote). */
#include <string.h>
#include "stops.h"

static void drop_first_writes(lpu_machine *m, uint32_t count)
{
    m->write_count -= count;
    memmove(m->writes, m->writes + count, m->write_count * sizeof *m->writes);
}

/* Make visible what lands up to `cycle`. */
void lpu_land(lpu_machine *m, uint64_t cycle)
{
    uint32_t landed = 0;
    for (; landed < m->write_count && m->writes[landed].landing <= cycle; landed++) {
        const lpu_write *write = &m->writes[landed];
        m->registers[write->reg] = write->value;
        lpu_note_landing(m, write->reg, write->value, write->pc, write->slot, cycle);
    }
    drop_first_writes(m, landed);
}

const lpu_write *lpu_last_write_to(const lpu_machine *m, uint32_t reg)
{
    for (uint32_t i = m->write_count; i-- > 0;)
        if (m->writes[i].reg == reg)
            return &m->writes[i];
    return NULL;
}

static bool lands_before(const lpu_flight *a, const lpu_flight *b)
{
    return a->remaining != b->remaining ? a->remaining < b->remaining : a->reg < b->reg;
}

/* Contexts are kept in one order, so that equal ones look equal. */
void lpu_insert_flight(lpu_context *context, lpu_flight flight)
{
    uint32_t i = context->count++;
    for (; i > 0 && lands_before(&flight, &context->flights[i - 1]); i--)
        context->flights[i] = context->flights[i - 1];
    context->flights[i] = flight;
}

void lpu_see_flights(lpu_machine *m, uint64_t fetch)
{
    uint8_t levels[STATE_REGISTERS] = {0};
    m->context.count = 0;
    for (uint32_t i = 0; i < m->write_count; i++) {
        const lpu_write *write = &m->writes[i];
        if (write->landing <= fetch)
            continue;
        lpu_flight flight = {.pc = write->pc, .reg = write->reg, .slot = write->slot, .level = levels[write->reg]++};
        flight.remaining = (uint8_t)(write->landing - fetch);
        flight.age = (uint8_t)(fetch - write->issued);
        lpu_insert_flight(&m->context, flight);
    }
}

/* Into the running form: m->context is what is in flight at the fetch, m->writes is used up. */
void lpu_resume(lpu_machine *m, uint64_t fetch)
{
    uint8_t levels[STATE_REGISTERS] = {0};
    lpu_land(m, fetch);
    lpu_see_flights(m, fetch);
    for (uint32_t i = 0; i < m->write_count; i++) {
        const lpu_write *write = &m->writes[i];
        m->undo[levels[write->reg]++][write->reg] = m->registers[write->reg];
        m->registers[write->reg] = write->value;
    }
    m->write_count = 0;
}

/* Into the architectural form at `cycle`, from flights as seen from the cycle `base`. Going backwards undoes the
 * newest write of a register first. */
void lpu_suspend(lpu_machine *m, const lpu_flight *flights, size_t count, uint64_t base, uint64_t cycle)
{
    uint32_t landed = 0;
    while (landed < count && base + flights[landed].remaining <= cycle)
        landed++;
    m->write_count = (uint32_t)(count - landed);
    for (size_t i = count; i-- > landed;) {
        const lpu_flight *f = &flights[i];
        lpu_write *write = &m->writes[i - landed];
        *write = (lpu_write){base + f->remaining, base - f->age, m->registers[f->reg], f->pc, f->reg, f->slot};
        m->registers[f->reg] = m->undo[f->level][f->reg];
    }
    for (uint32_t i = landed; i-- > 0 && base + flights[i].remaining == cycle;) {
        const lpu_flight *f = &flights[i];
        lpu_note_landing(m, f->reg, m->registers[f->reg], f->pc, f->slot, cycle);
    }
    m->cycle = cycle;
}
