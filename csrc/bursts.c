/* The running bursts, in unit order. */
#include <string.h>
#include "bursts.h"
#include "units.h"

static uint64_t element_cycle(const lpu_tensor_op *op, const lpu_burst *burst)
{
    return burst->started + (uint64_t)burst->j * op->e + (uint64_t)burst->i * op->d;
}

uint64_t lpu_burst_end(const lpu_tensor_op *op, uint64_t started)
{
    return started + (uint64_t)(op->m - 1) * op->e + (uint64_t)(op->n - 1) * op->d + op->row->interval;
}

uint64_t lpu_bursts_end(const lpu_tensor *t)
{
    uint64_t last = 0;
    for (uint32_t b = 0; b < t->burst_count; b++) {
        uint64_t end = lpu_burst_end(&t->ops[t->bursts[b].op], t->bursts[b].started);
        last = end > last ? end : last;
    }
    return last;
}

void lpu_find_element(const lpu_tensor_op *op, lpu_burst *burst, uint64_t cycle)
{
    uint64_t elapsed = cycle - burst->started, round = op->m > 1 ? elapsed / op->e : 0;
    burst->j = round < op->m ? (uint32_t)round : op->m - 1;
    uint64_t rest = elapsed - (uint64_t)burst->j * op->e, i = (rest + op->d - 1) / op->d;
    burst->i = i < op->n ? (uint32_t)i : 0;
    burst->j += i >= op->n;
    burst->due = burst->j == op->m ? NEVER : element_cycle(op, burst);
}

void lpu_advance_burst(const lpu_tensor_op *op, lpu_burst *burst)
{
    if (++burst->i < op->n) {
        burst->due += op->d;
        return;
    }
    burst->i = 0;
    burst->j++;
    burst->due = burst->j == op->m ? NEVER : element_cycle(op, burst);
}

static void hold_units(lpu_tensor *t, const lpu_burst *burst)
{
    const lpu_tensor_op *op = &t->ops[burst->op];
    lpu_hold hold = {burst->end, burst->started, burst->op};
    for (unsigned i = 0; i < op->row->claims; i++)
        t->holds[op->unit + i * unit_step(op)] = hold;
}

void lpu_insert_burst(lpu_tensor *t, const lpu_burst *burst)
{
    uint32_t b = t->burst_count++;
    for (; b > 0 && t->ops[t->bursts[b - 1].op].unit > t->ops[burst->op].unit; b--)
        t->bursts[b] = t->bursts[b - 1];
    t->bursts[b] = *burst;
    t->bursts[b].end = lpu_burst_end(&t->ops[burst->op], burst->started);
    hold_units(t, &t->bursts[b]);
}

/* The first element of an op has issued; a burst is what holds its units longer than that. */
static void begin(lpu_tensor *t, const lpu_element *e)
{
    lpu_burst burst = {.started = t->now, .due = t->now, .op = (uint32_t)(e->op - t->ops)};
    if (lpu_burst_end(e->op, t->now) == t->now + 1)
        return;
    memcpy(burst.registers, e->registers, sizeof burst.registers);
    lpu_advance_burst(e->op, &burst);
    t->due = burst.due < t->due ? burst.due : t->due;
    lpu_insert_burst(t, &burst);
}

void lpu_find_due(lpu_tensor *t)
{
    t->due = NEVER;
    for (uint32_t b = 0; b < t->burst_count; b++)
        t->due = t->bursts[b].due < t->due ? t->bursts[b].due : t->due;
}

/* What is over is dropped; the others stay where they are, unless one before them is over. */
static void advance_all(lpu_tensor *t)
{
    uint32_t kept = 0;
    t->due = NEVER;
    for (uint32_t b = 0; b < t->burst_count; b++) {
        lpu_burst *burst = &t->bursts[b];
        if (burst->due == t->now)
            lpu_advance_burst(&t->ops[burst->op], burst);
        t->due = burst->due < t->due ? burst->due : t->due;
        if (burst->due == NEVER && burst->end <= t->now + 1)
            continue;
        if (kept != b)
            t->bursts[kept] = *burst;
        kept++;
    }
    t->burst_count = kept;
}

void lpu_advance_bursts(lpu_tensor *t)
{
    advance_all(t);
    for (uint32_t i = 0; i < t->element_count; i++)
        if (t->elements[i].first)
            begin(t, &t->elements[i]);
}
