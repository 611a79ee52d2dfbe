/* Carrying out a stretch that is in order: bursts block by block, producers before consumers. See stretch.h. */
#include "bursts.h"
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
/* What a code on a stream is a byte of. */
static lpu_sample sample_of(const lpu_tensor *t, uint32_t code, unsigned stream)
{
    const lpu_stretch *s = t->stretch;
    if (!(code & IS_NEW)) {
        const lpu_value *value = &t->streams.values[code];
        return (lpu_sample){value->buffer, stream - value->stream};
    }
    const stretch_node *node = maker_of(s, code);
    const lpu_place *target = &node->op->target;
    unsigned group = ((code & CODE_NUMBER) - node->first_result) % target->groups;
    return (lpu_sample){s->results[code & CODE_NUMBER].buffer, stream - target->number - group * target->width};
}

static unsigned width_of(const lpu_tensor *t, uint32_t code)
{
    return code & IS_NEW ? maker_of(t->stretch, code)->op->target.width : t->streams.values[code].width;
}

static void find_streams(const lpu_tensor *t, const stretch_node *node, unsigned source, lpu_element *e)
{
    const lpu_place *place = &node->op->sources[source];
    const uint32_t *codes = &t->stretch->samples[node->first_sample[source] + node->done];
    for (unsigned k = 0; k < codes_of(place); k++)
        e->samples[source][k] = sample_of(t, codes[k * node->count], place->number + k);
    bool is_all = place->groups == 1 && width_of(t, codes[0]) == place->width;
    e->buffers[source] = is_all ? e->samples[source][0].buffer : 0;
}

static uint32_t vector_buffer(const lpu_stretch *s, uint32_t code)
{
    return code & IS_NEW ? s->results[code & CODE_NUMBER].buffer : s->vectors[code & CODE_NUMBER].buffer;
}

static void find_sources(const lpu_tensor *t, const stretch_node *node, lpu_element *e)
{
    const lpu_stretch *s = t->stretch;
    for (unsigned i = 0; i < node->op->source_count; i++) {
        e->buffers[i] = 0;
        if (is_v_place(&node->op->sources[i]))
            e->buffers[i] = vector_buffer(s, s->samples[node->first_sample[i] + node->done]);
        else if (codes_of(&node->op->sources[i]))
            find_streams(t, node, i, e);
    }
}

/* Sampled for once less. */
static void release_sources(lpu_tensor *t, const stretch_node *node)
{
    const lpu_stretch *s = t->stretch;
    for (unsigned i = 0; i < node->op->source_count; i++)
        for (unsigned k = 0; k < codes_of(&node->op->sources[i]); k++) {
            uint32_t code = s->samples[node->first_sample[i] + k * node->count + node->done];
            if (code & IS_NEW)
                lpu_release_buffer(t, s->results[code & CODE_NUMBER].buffer);
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

static void carry_out_next(lpu_machine *m, stretch_node *node)
{
    lpu_tensor *t = m->tensor;
    uint32_t buffers[MAX_TAKEN];
    matrix_maker unused;
    lpu_element e;
    t->now = node->burst.due;
    lpu_next_of_burst(t, &node->burst, &e);
    e.results = buffers;
    find_sources(t, node, &e);
    node->op->family->issue(m, &e);
    keep_results(t, node, buffers);
    release_sources(t, node);
    if (takes(node->op))
        matrix_drop(t->matrix, node->op->plane, t->now, &unused);
    lpu_advance_burst(node->op, &node->burst);
    node->done++;
}

void stretch_carry_out(lpu_machine *m)
{
    lpu_stretch *s = m->tensor->stretch;
    uint64_t end = m->cycle + s->length;
    find_order(s);
    for (uint64_t block = m->cycle + s->block; block < end + s->block; block += s->block)
        for (unsigned i = 0; i < s->node_count; i++)
            while (s->nodes[s->order[i]].burst.due < least(block, end))
                carry_out_next(m, &s->nodes[s->order[i]]);
}
