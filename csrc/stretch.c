/* A stretch from its beginning to its end: see stretch.h. */
#include "stretch.h"
#include "bursts.h"
#include "cycle.h"
#include "stops.h"

/* Collecting ------------------------------------------------------------------------------------------------------- */
static bool has_room(const lpu_stretch *s, const lpu_tensor_op *op)
{
    unsigned codes = 0;
    for (unsigned i = 0; i < op->source_count; i++)
        codes += codes_of(&op->sources[i]);
    return s->node_count < MOST_NODES && s->result_count + s->length * (op->target.groups + 1u) <= MOST_RESULTS
           && s->time_count + s->length <= MOST_RESULTS && s->sample_count + s->length * codes <= MOST_SAMPLES;
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
        for (; burst.i < node->op->n && time < s->length; burst.i++, time += node->op->d, e.row += node->op->stride) {
            s->times[s->time_count] = (uint8_t)time;
            s->rows[s->time_count++] = e.row;
        }
        lpu_find_element(node->op, &burst, m->cycle + s->times[s->time_count - 1] + 1);
    }
    node->count = s->time_count - node->first_time;
    node->is_dense = node->count == 1u + s->times[s->time_count - 1] - s->times[node->first_time];
}

static void add_results(lpu_stretch *s, const stretch_node *node)
{
    stretch_result empty = {.node = (uint8_t)(node - s->nodes)};
    uint32_t count = node->count * node->op->target.groups;
    for (uint32_t i = 0; i < count; i++)
        s->results[s->result_count++] = empty;
}

static void add_node(lpu_machine *m, uint32_t place)
{
    lpu_tensor *t = m->tensor;
    lpu_stretch *s = t->stretch;
    const lpu_burst *burst = &t->bursts[place];
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
}

static void collect(lpu_machine *m, unsigned length)
{
    lpu_stretch *s = m->tensor->stretch;
    s->length = s->cut = length;
    s->node_count = s->time_count = s->result_count = s->sample_count = 0;
    for (uint32_t b = 0; b < m->tensor->burst_count; b++)
        add_node(m, b);
}

/* Finding one ------------------------------------------------------------------------------------------------------ */
/* The last cycle in which an element of the bursts is due. */
static uint64_t last_due(const lpu_tensor *t)
{
    uint64_t last = 0;
    for (uint32_t b = 0; b < t->burst_count; b++) {
        const lpu_tensor_op *op = &t->ops[t->bursts[b].op];
        uint64_t end = t->bursts[b].end - op->row->interval;
        last = t->bursts[b].due != NEVER && end > last ? end : last;
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
    lpu_tensor *t = m->tensor;
    lpu_wait_until(m, end);
    lpu_set_tensor_time(t, end);
}

static void advance_bursts(lpu_machine *m, uint64_t end)
{
    lpu_tensor *t = m->tensor;
    const lpu_stretch *s = t->stretch;
    uint32_t kept = 0;
    for (const stretch_node *node = s->nodes; node < s->nodes + s->node_count; node++) {
        uint64_t settled = end - s->length + s->times[node->first_time + node->count - 1] + node->op->latency;
        t->settled = settled > t->settled ? settled : t->settled;
        lpu_find_element(node->op, &t->bursts[node->place], end);
    }
    for (uint32_t b = 0; b < t->burst_count; b++)
        if (t->bursts[b].due != NEVER || t->bursts[b].end > end)
            t->bursts[kept++] = t->bursts[b];
    t->burst_count = kept;
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

bool lpu_try_stretch(lpu_machine *m, uint64_t until)
{
    lpu_stretch *s = m->tensor->stretch;
    if (!may_try(m, until))
        return false;
    lpu_settle_tensor(m, m->cycle);
    if (!lpu_may_note_flow(m) && find(m, until)) {
        carry_out(m);
        return true;
    }
    s->patience = s->patience ? least(2 * s->patience, MOST_PATIENCE) : s->least;
    s->retry = m->cycle + s->patience;
    return false;
}
