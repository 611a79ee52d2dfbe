/* Carrying out a stretch that is in order: bursts block by block, producers before consumers. See stretch.h. */
#include "cycle.h"
#include "stretch.h"

/* Order ------------------------------------------------------------------------------------------------------------ */
/* The first burst that is not in the order yet, and comes after none but those that are; MOST_NODES if there is none. */
static unsigned next_in_order(const lpu_stretch *s, uint64_t ordered)
{
    for (unsigned n = 0; n < s->node_count; n++)
        if (!(ordered >> n & 1) && !(s->nodes[n].after & ~ordered & ~(1ull << n)))
            return n;
    return MOST_NODES;
}

/* Of bursts that go round, each as it comes, a cycle at a time: no result lands in the cycle in which its op issues. */
static void find_order(lpu_stretch *s)
{
    uint64_t ordered = 0;
    s->block = BLOCK_CYCLES;
    for (unsigned i = 0; i < s->node_count; i++) {
        unsigned n = next_in_order(s, ordered);
        if (n == MOST_NODES) {
            s->block = 1;
            for (n = 0; ordered >> n & 1; n++) {}
        }
        ordered |= 1ull << n;
        s->order[i] = (uint8_t)n;
    }
}

/* Elements --------------------------------------------------------------------------------------------------------- */
/* Streams one by one: those of codes that are `count` apart. */
static void find_parts(const lpu_tensor *t, const lpu_place *place, const uint32_t *codes, size_t count,
                       lpu_sample *samples)
{
    unsigned width;
    for (unsigned k = 0; k < codes_of(place); k++, codes += count)
        samples[k] = (lpu_sample){stretch_buffer(t, *codes), place->number + k - group_of(t, *codes, &width)};
}

/* What element number i of a burst in the stretch samples. */
static void find_sources(const lpu_tensor *t, const stretch_node *node, uint32_t i, lpu_element *e)
{
    const lpu_tensor_op *op = node->op;
    for (unsigned source = 0; source < op->source_count; source++) {
        const uint32_t *codes = &t->stretch->samples[node->first_sample[source] + i];
        if (!node->codes[source])
            continue;
        bool is_all = node->codes[source] == 1 && !(*codes & IS_PART);
        e->buffers[source] = is_all ? stretch_buffer(t, *codes) : 0;
        if (!is_all)
            find_parts(t, &op->sources[source], codes, node->count, e->samples[source]);
    }
}

/* Sampled for once less. */
static void release_sources(lpu_tensor *t, const stretch_node *node, uint32_t i)
{
    const lpu_stretch *s = t->stretch;
    for (unsigned source = 0; source < node->op->source_count; source++) {
        const uint32_t *codes = &s->samples[node->first_sample[source] + i];
        for (unsigned k = 0; k < node->codes[source]; k++, codes += node->count)
            if (*codes & IS_NEW)
                lpu_release_buffer(t, s->results[*codes & CODE_NUMBER].buffer);
    }
}

/* A buffer is held until the last has sampled it, and beyond by what stays. */
static void keep_results(lpu_tensor *t, const stretch_node *node, uint32_t i, const uint32_t *buffers)
{
    unsigned groups = node->op->target.groups;
    stretch_result *results = &t->stretch->results[node->first_result + i * groups];
    for (unsigned g = 0; g < groups; g++) {
        results[g].buffer = buffers[g];
        if (results[g].stays)
            lpu_own_buffer(t, buffers[g]);
        t->buffers.all[buffers[g]].holders += results[g].uses;
        lpu_release_buffer(t, buffers[g]);
    }
}

static bool takes(const lpu_tensor_op *op) { return op->family == &lpu_takes || op->family == &lpu_emits; }

/* Elements of a burst, one by one. */
static void carry_each(lpu_machine *m, stretch_node *node, uint32_t i, uint32_t end)
{
    lpu_tensor *t = m->tensor;
    const uint8_t *times = &t->stretch->times[node->first_time];
    const uint32_t *rows = &t->stretch->rows[node->first_time];
    uint32_t buffers[MAX_TAKEN], first = i;
    lpu_element e;
    lpu_next_of_burst(t, &node->burst, &e);
    e.results = buffers;
    e.lends = node->lends;
    for (; i < end; i++) {
        t->now = m->cycle + times[i];
        e.row = rows[i];
        e.number = node->first_number + i;
        e.follows = i > first;
        find_sources(t, node, i, &e);
        node->op->family->issue(m, &e);
        keep_results(t, node, i, buffers);
        release_sources(t, node, i);
        if (takes(node->op))
            matrix_pass(t->matrix, node->op->plane);
    }
}

/* The elements of a burst that issue before some cycle. */
static void carry_out(lpu_machine *m, stretch_node *node, unsigned cycle)
{
    const uint8_t *times = &m->tensor->stretch->times[node->first_time];
    uint32_t end = node->done;
    while (end < node->count && times[end] < cycle)
        end++;
    if (end == node->done)
        return;
    uint32_t i = stretch_carry_many(m, node, end);
    if (i < end)
        carry_each(m, node, i, end);
    node->done = end;
    if (node->op->family == &lpu_activations)
        matrix_post(m->tensor->matrix, node->op->plane);
}

/* All that planes need to multiply, while the rest is carried out, what is taken. */
static void carry_out_early(lpu_machine *m)
{
    lpu_stretch *s = m->tensor->stretch;
    for (unsigned block = MATRIX_FED; block < s->length + MATRIX_FED; block += MATRIX_FED) {
        for (unsigned i = 0; i < s->node_count; i++) {
            stretch_node *node = &s->nodes[s->order[i]];
            carry_out(m, node, (unsigned)least(block, node->early));
        }
        matrix_post_feeds(m->tensor->matrix);
    }
}

void stretch_carry_out(lpu_machine *m)
{
    lpu_stretch *s = m->tensor->stretch;
    find_order(s);
    stretch_find_lenders(m);
    if (s->block > 1 && stretch_begin_feeds(m))
        carry_out_early(m);
    for (unsigned block = s->block; block < s->length + s->block; block += s->block)
        for (unsigned i = 0; i < s->node_count; i++)
            carry_out(m, &s->nodes[s->order[i]], (unsigned)least(block, s->length));
}
