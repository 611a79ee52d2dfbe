/* A stretch from its beginning to its end: see stretch.h. */
#include <string.h>
#include "bursts.h"
#include "cycle.h"
#include "stops.h"
#include "stretch_tape.h"

/* Collecting ------------------------------------------------------------------------------------------------------- */
static bool has_room(const lpu_stretch *s, const lpu_tensor_op *op)
{
    unsigned codes = 0;
    for (unsigned i = 0; i < op->source_count; i++)
        codes += codes_of(&op->sources[i]);
    return s->node_count < MOST_NODES && s->result_count + s->length * (op->target.groups + 1u) <= MOST_RESULTS
           && s->time_count + s->length <= MOST_RESULTS && s->sample_count + s->length * codes <= MOST_SAMPLES;
}

LPU_CLONES static void count_times(uint8_t *times, uint32_t count, unsigned time, unsigned step)
{
    for (; count >= CHUNK; count -= CHUNK, times += CHUNK, time += CHUNK * step)
        for (unsigned i = 0; i < CHUNK; i++)
            times[i] = (uint8_t)(time + i * step);
    for (unsigned i = 0; i < count; i++)
        times[i] = (uint8_t)(time + i * step);
}

LPU_CLONES static void count_rows(uint32_t *rows, uint32_t count, uint32_t row, uint32_t step)
{
    for (; count >= CHUNK; count -= CHUNK, rows += CHUNK, row += CHUNK * step)
        for (uint32_t i = 0; i < CHUNK; i++)
            rows[i] = row + i * step;
    for (uint32_t i = 0; i < count; i++)
        rows[i] = row + i * step;
}

/* The cycles and rows of a burst's elements in the stretch. */
static void note_elements(lpu_machine *m, stretch_node *node)
{
    lpu_stretch *s = m->tensor->stretch;
    lpu_burst burst = node->burst;
    lpu_element e;
    while (burst.due < m->cycle + s->length) {
        lpu_next_of_burst(m->tensor, &burst, &e);
        unsigned time = (unsigned)(burst.due - m->cycle);
        uint32_t count = (uint32_t)least(node->op->n - burst.i, (s->length - time + node->op->d - 1) / node->op->d);
        count_times(&s->times[s->time_count], count, time, node->op->d);
        count_rows(&s->rows[s->time_count], count, e.row, node->op->stride);
        s->time_count += count;
        lpu_find_element(node->op, &burst, m->cycle + s->times[s->time_count - 1] + 1);
    }
    node->count = s->time_count - node->first_time;
    node->is_dense = node->count == 1u + s->times[s->time_count - 1] - s->times[node->first_time];
}

static void add_results(lpu_stretch *s, const stretch_node *node)
{
    stretch_result *first = &s->results[s->result_count];
    uint32_t count = node->count * node->op->target.groups;
    s->result_count += count;
    if (count)
        *first = (stretch_result){.node = (uint8_t)(node - s->nodes)};
    for (uint32_t done = 1; done < count; done *= 2) /* all are alike */
        memcpy(first + done, first, least(done, count - done) * sizeof *first);
}

static void add_node(lpu_machine *m, const lpu_burst *burst, uint32_t place)
{
    lpu_tensor *t = m->tensor;
    lpu_stretch *s = t->stretch;
    const lpu_tensor_op *op = &t->ops[burst->op];
    if (burst->due >= m->cycle + s->length)
        return;
    if (op->family->part == ALONE || !has_room(s, op)) {
        stretch_cut(s, (unsigned)(burst->due - m->cycle));
        return;
    }
    stretch_node *node = &s->nodes[s->node_count++];
    *node = (stretch_node){.op = op, .burst = *burst, .place = place, .first_number = burst->j * op->n + burst->i};
    node->first_time = s->time_count;
    node->first_result = s->result_count;
    note_elements(m, node);
    add_results(s, node);
    for (unsigned i = 0; i < op->source_count; i++) {
        node->first_sample[i] = s->sample_count;
        node->codes[i] = (uint8_t)codes_of(&op->sources[i]);
        s->sample_count += node->count * node->codes[i];
    }
    if (place == IS_NEW_BURST)
        stretch_follow(s, node);
}

static void add_fetch(lpu_machine *m, const stretch_fetch *fetch)
{
    for (uint32_t i = 0; i < fetch->count; i++) {
        lpu_burst burst = stretch_burst_of(m, &m->tensor->ops[fetch->first + i], fetch->cycle);
        add_node(m, &burst, IS_NEW_BURST);
    }
}

static void collect(lpu_machine *m, unsigned length)
{
    lpu_stretch *s = m->tensor->stretch;
    s->length = s->cut = length;
    s->node_count = s->time_count = s->result_count = s->sample_count = 0;
    for (uint32_t b = 0; b < m->tensor->burst_count; b++)
        add_node(m, &m->tensor->bursts[b], b);
    for (uint32_t f = 0; f < s->fetch_count; f++)
        add_fetch(m, &s->fetches[f]);
}

/* Finding one ------------------------------------------------------------------------------------------------------ */
/* The last cycle in which an element of the bursts is due, or of those that are going to begin. */
static uint64_t last_due(const lpu_tensor *t)
{
    const lpu_stretch *s = t->stretch;
    uint64_t last = 0;
    for (uint32_t b = 0; b < t->burst_count; b++) {
        const lpu_tensor_op *op = &t->ops[t->bursts[b].op];
        uint64_t end = t->bursts[b].end - op->row->interval;
        last = t->bursts[b].due != NEVER && end > last ? end : last;
    }
    for (const stretch_fetch *f = s->fetches; f < s->fetches + s->fetch_count; f++)
        for (const lpu_tensor_op *op = t->ops + f->first; op < t->ops + f->first + f->count; op++) {
            uint64_t end = lpu_burst_end(op, f->cycle) - op->row->interval;
            last = end > last ? end : last;
        }
    return last;
}

/* Whether the first `length` cycles of it are in order, or else how many are. */
static unsigned try(lpu_machine *m, unsigned length)
{
    lpu_stretch *s = m->tensor->stretch;
    collect(m, length);
    if (s->cut == length && s->time_count < LEAST_ELEMENTS * (s->least - 1))
        s->cut = 0;
    if (s->cut == length)
        stretch_test_rules(m);
    if (s->cut == length)
        stretch_trace_vectors(m);
    if (s->cut == length)
        stretch_trace_streams(m);
    return s->cut;
}

/* The longest stretch found that begins now; 0 if there is none. */
static unsigned find(lpu_machine *m, uint64_t until)
{
    uint64_t end = least(until, last_due(m->tensor) + 1);
    unsigned length = end > m->cycle ? (unsigned)least(end - m->cycle, MOST_CYCLES) : 0;
    while (length >= m->tensor->stretch->least) {
        unsigned fit = try(m, length);
        if (fit == length)
            return length;
        length = fit;
    }
    return 0;
}

/* Carrying it out -------------------------------------------------------------------------------------------------- */
static void pass_time(lpu_machine *m, uint64_t end)
{
    stretch_fetch_all(m, end);
    lpu_wait_until(m, end);
    lpu_set_tensor_time(m->tensor, end);
}

/* What goes on of the bursts that began here. */
static void keep_new_bursts(lpu_tensor *t, uint64_t end)
{
    const lpu_stretch *s = t->stretch;
    for (const stretch_node *node = s->nodes; node < s->nodes + s->node_count; node++) {
        lpu_burst burst = node->burst;
        if (node->place != IS_NEW_BURST)
            continue;
        lpu_find_element(node->op, &burst, end);
        if (lpu_burst_end(node->op, burst.started) > end)
            lpu_insert_burst(t, &burst);
    }
}

static void advance_bursts(lpu_machine *m, uint64_t end)
{
    lpu_tensor *t = m->tensor;
    const lpu_stretch *s = t->stretch;
    uint32_t kept = 0;
    for (const stretch_node *node = s->nodes; node < s->nodes + s->node_count; node++) {
        uint64_t settled = end - s->length + s->times[node->first_time + node->count - 1] + node->op->latency;
        t->settled = settled > t->settled ? settled : t->settled;
        if (node->place != IS_NEW_BURST)
            lpu_find_element(node->op, &t->bursts[node->place], end);
    }
    for (uint32_t b = 0; b < t->burst_count; b++)
        if (t->bursts[b].due != NEVER || t->bursts[b].end > end)
            t->bursts[kept++] = t->bursts[b];
    t->burst_count = kept;
    keep_new_bursts(t, end);
    lpu_find_due(t);
}

static void carry_out(lpu_machine *m)
{
    lpu_stretch *s = m->tensor->stretch;
    uint64_t end = m->cycle + s->length;
    stretch_close_vectors(m);
    stretch_close_streams(m);
    stretch_carry_out(m);
    advance_bursts(m, end);
    stretch_leave_vectors(m);
    pass_time(m, end);
    stretch_leave_streams(m);
    s->count++;
    s->cycles += s->length;
    s->patience = 0;
}

static bool may_try(const lpu_machine *m, uint64_t until)
{
    const lpu_stretch *s = m->tensor->stretch;
    return s->least && m->cycle >= s->retry && until >= m->cycle + s->least && !m->stops.tests_elements;
}

/* No attempt for some time, which grows as long as all are in vain. */
static void wait_longer(lpu_machine *m)
{
    lpu_stretch *s = m->tensor->stretch;
    s->patience = s->patience ? least(2 * s->patience, MOST_PATIENCE) : s->least;
    s->retry = m->cycle + s->patience;
}

bool lpu_try_stretch(lpu_machine *m, uint64_t until)
{
    lpu_stretch *s = m->tensor->stretch;
    if (!may_try(m, until))
        return false;
    uint64_t end = stretch_look_ahead(m, until);
    if (end < m->cycle + s->least) {
        s->retry = end;
        return false;
    }
    lpu_settle_tensor(m, m->cycle);
    if (lpu_may_note_flow(m) || !find(m, end)) {
        wait_longer(m);
        return false;
    }
    carry_out(m);
    return true;
}
