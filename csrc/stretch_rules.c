/* The rules of units in a stretch, and the places where bursts meet that are no streams: slices and exits. */
#include <string.h>
#include "bursts.h"
#include "cycle.h"
#include "stops.h"
#include "stretch.h"

/* Rules ------------------------------------------------------------------------------------------------------------ */
static bool keeps_rules(const lpu_machine *m, const lpu_element *e)
{
    const lpu_family *family = e->op->family;
    lpu_fault unused;
    for (unsigned i = 0; i < MAX_RULES && family->rules[i].code; i++)
        if (!family->rules[i].of_flow && family->rules[i].breaks(m, e, &unused))
            return false;
    return true;
}

/* What a watch may see plain cycles look at, too. */
static void test_burst(lpu_machine *m, const stretch_node *node)
{
    lpu_stretch *s = m->tensor->stretch;
    bool is_watched = m->stops.count;
    uint32_t count = is_watched || node->op->family->part == EACH_TELLS ? node->count : 1;
    lpu_element e;
    lpu_next_of_burst(m->tensor, &node->burst, &e);
    for (uint32_t i = 0; i < count; i++) {
        e.row = s->rows[node->first_time + i];
        if (!keeps_rules(m, &e) || (is_watched && lpu_may_note_element(m, &e))) {
            stretch_cut(s, s->times[node->first_time + i]);
            return;
        }
    }
}

/* Slices ----------------------------------------------------------------------------------------------------------- */
static bool share_slices(const stretch_node *one, const stretch_node *other)
{
    unsigned first = one->op->slice, second = other->op->slice;
    return first < second + other->op->row->width && second < first + one->op->row->width;
}

/* What a read or write does in its element number i, one of its rows and cycles. */
static uint32_t row_of(const lpu_stretch *s, const stretch_node *node, uint32_t i)
{
    return s->rows[node->first_time + i];
}

static unsigned cycle_of(const lpu_stretch *s, const stretch_node *node, uint32_t i)
{
    return s->times[node->first_time + i];
}

/* Note when each row is written, and in each cycle which bank is; a row that is written twice is in the way. */
static void note_writes(lpu_machine *m, const stretch_node *node, uint8_t banks[MOST_CYCLES])
{
    lpu_stretch *s = m->tensor->stretch;
    memset(banks, UINT8_MAX, MOST_CYCLES);
    for (uint32_t i = 0; i < node->count; i++) {
        uint16_t *written = &s->written[row_of(s, node, i)];
        if (*written)
            stretch_cut(s, cycle_of(s, node, i));
        *written = (uint16_t)(cycle_of(s, node, i) + 1);
        banks[cycle_of(s, node, i)] = row_of(s, node, i) >= m->parameters.rows;
    }
}

/* Rows that are read after they were written, or before, put the bursts in order; both, or a bank for two, is in the way. */
static void meet(lpu_machine *m, stretch_node *writer, stretch_node *reader)
{
    lpu_stretch *s = m->tensor->stretch;
    uint8_t banks[MOST_CYCLES];
    bool after = false, before = false;
    note_writes(m, writer, banks);
    for (uint32_t i = 0; i < reader->count; i++) {
        unsigned row = row_of(s, reader, i), cycle = cycle_of(s, reader, i), written = s->written[row];
        after |= written && written <= cycle;
        before |= written > cycle;
        if ((after && before) || banks[cycle] == (row >= m->parameters.rows))
            stretch_cut(s, written && written <= cycle ? written - 1 : cycle);
    }
    for (uint32_t i = 0; i < writer->count; i++)
        s->written[row_of(s, writer, i)] = 0;
    if (after)
        reader->after |= 1ull << (writer - s->nodes);
    else if (before)
        writer->after |= 1ull << (reader - s->nodes);
}

static void test_slices(lpu_machine *m)
{
    lpu_stretch *s = m->tensor->stretch;
    stretch_node *end = s->nodes + s->node_count;
    for (stretch_node *writer = s->nodes; writer < end; writer++)
        for (stretch_node *reader = s->nodes; writer->op->family == &lpu_writes && reader < end; reader++)
            if (reader->op->family == &lpu_reads && share_slices(writer, reader))
                meet(m, writer, reader);
}

/* Exits ------------------------------------------------------------------------------------------------------------ */
/* In which cycles a result stands at a plane's exit. */
static void find_exits(const lpu_machine *m, unsigned plane, bool stands[MOST_CYCLES])
{
    const lpu_tensor *t = m->tensor;
    const lpu_stretch *s = t->stretch;
    memset(stands, 0, MOST_CYCLES * sizeof *stands);
    for (size_t i = 0; i < matrix_exits(t->matrix, plane); i++)
        if (matrix_exit_cycle(t->matrix, plane, i) - m->cycle < s->length)
            stands[matrix_exit_cycle(t->matrix, plane, i) - m->cycle] = true;
    for (const stretch_node *node = s->nodes; node < s->nodes + s->node_count; node++)
        for (uint32_t i = 0; node->op->family == &lpu_activations && node->op->plane == plane && i < node->count; i++)
            if (cycle_of(s, node, i) + MATRIX_LATENCY < s->length)
                stands[cycle_of(s, node, i) + MATRIX_LATENCY] = true;
}

static bool takes_from(const stretch_node *node, unsigned plane)
{
    return (node->op->family == &lpu_takes || node->op->family == &lpu_emits) && node->op->plane == plane;
}

/* What a plane answers in a block it was asked in the one before. Taken first, it leaves the plane free to be given the
 * activations of this block, which another thread may multiply while the rest of the block is carried out. */
static void take_first(lpu_stretch *s, const stretch_node *taker)
{
    for (stretch_node *node = s->nodes; node < s->nodes + s->node_count; node++)
        if (node->op->family == &lpu_activations && node->op->plane == taker->op->plane)
            node->after |= 1ull << (taker - s->nodes);
}

/* Every element finds a result, and every result an element. */
static void test_exits(lpu_machine *m, unsigned plane)
{
    lpu_stretch *s = m->tensor->stretch;
    bool stands[MOST_CYCLES];
    find_exits(m, plane, stands);
    for (const stretch_node *node = s->nodes; node < s->nodes + s->node_count; node++) {
        if (!takes_from(node, plane))
            continue;
        take_first(s, node);
        for (uint32_t i = 0; i < node->count; i++) {
            if (!stands[cycle_of(s, node, i)])
                stretch_cut(s, cycle_of(s, node, i));
            stands[cycle_of(s, node, i)] = false;
        }
    }
    for (unsigned cycle = 0; cycle < s->length; cycle++)
        if (stands[cycle])
            stretch_cut(s, cycle);
}

void stretch_test_rules(lpu_machine *m)
{
    lpu_stretch *s = m->tensor->stretch;
    for (uint32_t n = 0; n < s->node_count; n++)
        test_burst(m, &s->nodes[n]);
    for (unsigned plane = 0; plane < MATRIX_PLANES; plane++)
        test_exits(m, plane);
    if (s->cut == s->length)
        test_slices(m);
}
