/* Elements that hand on what is there, or need no more than a note, many of a burst at once. See stretch.h. */
#include "stretch.h"

static uint32_t *codes_of_first(lpu_stretch *s, const stretch_node *node) { return &s->samples[node->first_sample[0]]; }

/* A result is in a buffer that is there. */
static void share(lpu_tensor *t, stretch_result *result, uint32_t buffer)
{
    result->buffer = buffer;
    t->buffers.all[buffer].holders += result->uses;
    if (result->stays)
        lpu_own_buffer(t, buffer);
}

/* The same of a fresh one, which has a holder. */
static void send(lpu_tensor *t, stretch_result *result, uint32_t buffer)
{
    share(t, result, buffer);
    lpu_release_buffer(t, buffer);
}

/* Sampled for once less. */
static void let_go(lpu_tensor *t, uint32_t code, uint32_t buffer)
{
    if (code & IS_NEW)
        lpu_release_buffer(t, buffer);
}

/* Each of these takes the elements from number i on, up to `end` at most, and says where it stops. ------------------ */
static uint32_t pass_on(lpu_tensor *t, const stretch_node *node, uint32_t i, uint32_t end)
{
    lpu_stretch *s = t->stretch;
    const uint32_t *codes = codes_of_first(s, node);
    for (; i < end && !(codes[i] & IS_PART); i++) {
        uint32_t buffer = stretch_buffer(t, codes[i]);
        share(t, &s->results[node->first_result + i], buffer);
        let_go(t, codes[i], buffer);
    }
    return i;
}

static uint32_t read(lpu_machine *m, const stretch_node *node, uint32_t i, uint32_t end)
{
    lpu_stretch *s = m->tensor->stretch;
    lpu_element e = {.op = node->op, .lends = node->lends};
    for (; i < end; i++) {
        e.row = s->rows[node->first_time + i];
        uint32_t buffer = lpu_lend_row(m, &e);
        if (!buffer)
            break;
        send(m->tensor, &s->results[node->first_result + i], buffer);
    }
    return i;
}

static uint32_t feed(lpu_tensor *t, const stretch_node *node, uint32_t i, uint32_t end)
{
    const uint32_t *codes = codes_of_first(t->stretch, node);
    for (; i < end && !(codes[i] & IS_PART) && matrix_is_fed(t->matrix, node->op->plane); i++) {
        uint32_t buffer = stretch_buffer(t, codes[i]);
        matrix_feed(t->matrix, node->op->plane, lpu_buffer_elements(t, buffer), is_lent(t, buffer));
        let_go(t, codes[i], buffer);
    }
    return i;
}

static uint32_t take(lpu_tensor *t, const stretch_node *node, uint32_t i, uint32_t end)
{
    lpu_stretch *s = t->stretch;
    unsigned plane = node->op->plane;
    for (; i < end && matrix_take_fed(t->matrix, plane); i++) {
        const uint32_t *row = matrix_row(t->matrix, plane, s->rows[node->first_time + i]);
        if (node->op->target.groups)
            send(t, &s->results[node->first_result + i], lpu_lend_buffer(t, sizeof *row, row));
        matrix_pass(t->matrix, plane);
    }
    return i;
}

uint32_t stretch_carry_many(lpu_machine *m, const stretch_node *node, uint32_t end)
{
    const lpu_family *family = node->op->family;
    if (family == &lpu_reads)
        return read(m, node, node->done, end);
    if (family == &lpu_activations)
        return feed(m->tensor, node, node->done, end);
    if (family == &lpu_takes)
        return take(m->tensor, node, node->done, end);
    if (lpu_passes_on(node->op) && node->codes[0] == 1)
        return pass_on(m->tensor, node, node->done, end);
    return node->done;
}
