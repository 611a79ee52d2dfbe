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
static uint32_t buffer_of(const lpu_tensor *t, uint32_t code)
{
    const lpu_stretch *s = t->stretch;
    if (code & IS_NEW)
        return s->results[code & CODE_NUMBER].buffer;
    return code & IS_OLD_VECTOR ? s->vectors[code & CODE_NUMBER].buffer : t->streams.values[code & CODE_NUMBER].buffer;
}

/* The first stream of the result that a code on a stream is of. */
static unsigned stream_of(const lpu_tensor *t, uint32_t code)
{
    if (!(code & IS_NEW))
        return t->streams.values[code & CODE_NUMBER].stream;
    const stretch_node *node = maker_of(t->stretch, code);
    const lpu_place *target = &node->op->target;
    return target->number + ((code & CODE_NUMBER) - node->first_result) % target->groups * target->width;
}

/* What the next element of a burst samples, and what it has sampled then. */
static void find_source(const lpu_tensor *t, const stretch_node *node, unsigned source, lpu_element *e)
{
    const lpu_place *place = &node->op->sources[source];
    const uint32_t *codes = &t->stretch->samples[node->first_sample[source] + node->done];
    bool is_all = place->groups <= 1 && !(codes[0] & IS_PART);
    e->buffers[source] = is_all ? buffer_of(t, codes[0]) : 0;
    for (unsigned k = 0; !is_all && k < node->codes[source]; k++, codes += node->count)
        e->samples[source][k] = (lpu_sample){buffer_of(t, *codes), place->number + k - stream_of(t, *codes)};
}

static void find_sources(const lpu_tensor *t, const stretch_node *node, lpu_element *e)
{
    for (unsigned i = 0; i < node->op->source_count; i++)
        if (node->codes[i])
            find_source(t, node, i, e);
}

/* Sampled for once less. */
static void release_sources(lpu_tensor *t, const stretch_node *node)
{
    const lpu_stretch *s = t->stretch;
    for (unsigned i = 0; i < node->op->source_count; i++) {
        const uint32_t *codes = &s->samples[node->first_sample[i] + node->done];
        for (unsigned k = 0; k < node->codes[i]; k++, codes += node->count)
            if (*codes & IS_NEW)
                lpu_release_buffer(t, s->results[*codes & CODE_NUMBER].buffer);
    }
}

/* A buffer is held until the last has sampled it, and beyond by what stays. */
static void keep_results(lpu_tensor *t, const stretch_node *node, const uint32_t *buffers)
{
    const lpu_place *target = &node->op->target;
    stretch_result *results = &t->stretch->results[node->first_result + node->done * target->groups];
    for (unsigned g = 0; g < target->groups; g++) {
        results[g].buffer = buffers[g];
        t->buffers.all[buffers[g]].holders += results[g].uses;
        lpu_release_buffer(t, buffers[g]);
    }
}

static bool takes(const lpu_tensor_op *op) { return op->family == &lpu_takes || op->family == &lpu_emits; }

/* The elements of a burst that issue before some cycle. */
static void carry_out(lpu_machine *m, stretch_node *node, unsigned end)
{
    lpu_tensor *t = m->tensor;
    const lpu_stretch *s = t->stretch;
    uint32_t buffers[MAX_TAKEN];
    matrix_maker unused;
    lpu_element e;
    lpu_next_of_burst(t, &node->burst, &e);
    e.results = buffers;
    for (; node->done < node->count && s->times[node->first_time + node->done] < end; node->done++) {
        t->now = m->cycle + s->times[node->first_time + node->done];
        e.row = s->rows[node->first_time + node->done];
        e.number = node->first_number + node->done;
        find_sources(t, node, &e);
        node->op->family->issue(m, &e);
        keep_results(t, node, buffers);
        release_sources(t, node);
        if (takes(node->op))
            matrix_drop(t->matrix, node->op->plane, t->now, &unused);
    }
    if (node->op->family == &lpu_activations)
        matrix_post(t->matrix, node->op->plane);
}

void stretch_carry_out(lpu_machine *m)
{
    lpu_stretch *s = m->tensor->stretch;
    find_order(s);
    for (unsigned block = s->block; block < s->length + s->block; block += s->block)
        for (unsigned i = 0; i < s->node_count; i++)
            carry_out(m, &s->nodes[s->order[i]], (unsigned)least(block, s->length));
}
