/* v registers in a stretch: what each holds in every cycle, and what lands in it. */
#include <string.h>
#include "stretch.h"

/* Tapes ------------------------------------------------------------------------------------------------------------ */
static uint32_t keep_old(lpu_stretch *s, const lpu_vector *v)
{
    s->vectors[s->vector_count] = *v;
    s->vector_stays[s->vector_count] = false;
    return IS_OLD_VECTOR | s->vector_count++;
}

/* What is on its way to a register, and what it holds. */
static void begin_tape(lpu_machine *m, unsigned v)
{
    lpu_tensor *t = m->tensor;
    lpu_stretch *s = t->stretch;
    memset(s->v_landing[v], 0, sizeof s->v_landing[v]);
    s->v_tapes[v][0] = t->vectors[v].width ? keep_old(s, &t->vectors[v]) : 0;
    for (unsigned ahead = 1; ahead < LANDINGS; ahead++) {
        const lpu_vector *write = &t->vector_writes[(t->now + ahead) % LANDINGS][v];
        if (write->width)
            s->v_landing[v][ahead] = keep_old(s, write);
    }
}

/* Results land; two in one cycle are in the way in the cycle in which the later one issues. */
static void land(lpu_stretch *s, const stretch_node *node)
{
    uint32_t *landing = s->v_landing[node->op->target.number - LPU_V_REGISTERS];
    for (uint32_t i = 0; i < node->count; i++) {
        unsigned cycle = s->times[node->first_time + i];
        if (landing[cycle + node->op->latency])
            stretch_cut(s, cycle);
        landing[cycle + node->op->latency] = IS_NEW | (node->first_result + i);
    }
}

static void fill_tape(lpu_stretch *s, unsigned v)
{
    uint32_t *tape = s->v_tapes[v];
    for (unsigned cycle = 1; cycle <= s->length; cycle++)
        tape[cycle] = s->v_landing[v][cycle] ? s->v_landing[v][cycle] : tape[cycle - 1];
}

lpu_vector stretch_vector(const lpu_machine *m, uint32_t code)
{
    const lpu_tensor *t = m->tensor;
    const lpu_stretch *s = t->stretch;
    if (!(code & IS_NEW))
        return code ? s->vectors[code & CODE_NUMBER] : (lpu_vector){0};
    const stretch_node *node = maker_of(s, code);
    uint32_t i = (code & CODE_NUMBER) - node->first_result;
    return (lpu_vector){
        .issued = m->cycle + s->times[node->first_time + i], .op = (uint32_t)(node->op - t->ops),
        .element = node->first_number + i, .buffer = s->results[code & CODE_NUMBER].buffer,
        .width = node->op->target.width,
    };
}

static unsigned width_of(const lpu_stretch *s, uint32_t code)
{
    if (code & IS_NEW)
        return maker_of(s, code)->op->target.width;
    return code ? s->vectors[code & CODE_NUMBER].width : 0;
}

/* An op wants a register to hold elements of its type's width: anything else is left to plain cycles. */
static void sample(lpu_stretch *s, stretch_node *node, unsigned source)
{
    const lpu_place *place = &node->op->sources[source];
    const uint32_t *tape = s->v_tapes[place->number - LPU_V_REGISTERS];
    for (uint32_t i = 0; i < node->count; i++) {
        unsigned cycle = s->times[node->first_time + i];
        uint32_t code = tape[cycle];
        s->samples[node->first_sample[source] + i] = code;
        if (width_of(s, code) != place->width) {
            stretch_cut(s, cycle);
            return;
        }
        if (code & IS_NEW) {
            s->results[code & CODE_NUMBER].uses++;
            node->after |= 1ull << s->results[code & CODE_NUMBER].node;
        }
    }
}

static bool writes_register(const stretch_node *node)
{
    return node->op->target.groups && is_v_place(&node->op->target);
}

static uint32_t bit_of(const lpu_place *place)
{
    return is_v_place(place) ? 1u << (place->number - LPU_V_REGISTERS) : 0;
}

static uint32_t registers_of(const stretch_node *node)
{
    uint32_t bits = writes_register(node) ? bit_of(&node->op->target) : 0;
    for (unsigned i = 0; i < node->op->source_count; i++)
        bits |= bit_of(&node->op->sources[i]);
    return bits;
}

static void find_live(lpu_tensor *t)
{
    lpu_stretch *s = t->stretch;
    s->live_vectors = 0;
    for (unsigned i = 0; i < LANDINGS; i++)
        s->live_vectors |= t->vectors_landing[i];
    for (uint32_t n = 0; n < s->node_count; n++)
        s->live_vectors |= registers_of(&s->nodes[n]);
}

void stretch_trace_vectors(lpu_machine *m)
{
    lpu_stretch *s = m->tensor->stretch;
    s->vector_count = 0;
    find_live(m->tensor);
    for (unsigned v = 0; s->live_vectors >> v; v++)
        if (s->live_vectors >> v & 1)
            begin_tape(m, v);
    for (uint32_t n = 0; n < s->node_count; n++)
        if (writes_register(&s->nodes[n]))
            land(s, &s->nodes[n]);
    for (unsigned v = 0; s->live_vectors >> v; v++)
        if (s->live_vectors >> v & 1)
            fill_tape(s, v);
    for (uint32_t n = 0; n < s->node_count; n++)
        for (unsigned i = 0; i < s->nodes[n].op->source_count; i++)
            if (is_v_place(&s->nodes[n].op->sources[i]))
                sample(s, &s->nodes[n], i);
}

/* The end ---------------------------------------------------------------------------------------------------------- */
static void stay(lpu_stretch *s, uint32_t code)
{
    if (code & IS_NEW) {
        s->results[code & CODE_NUMBER].stays = true;
        s->results[code & CODE_NUMBER].uses++;
    } else if (code) {
        s->vector_stays[code & CODE_NUMBER] = true;
    }
}

static void close_tape(lpu_stretch *s, unsigned v)
{
    stay(s, s->v_tapes[v][s->length]);
    for (unsigned ahead = 1; ahead < LANDINGS; ahead++)
        stay(s, s->v_landing[v][s->length + ahead]);
}

void stretch_close_vectors(lpu_machine *m)
{
    lpu_stretch *s = m->tensor->stretch;
    for (unsigned v = 0; s->live_vectors >> v; v++)
        if (s->live_vectors >> v & 1)
            close_tape(s, v);
}

/* The buffers of what registers held before go, but for what stayed. */
static void release_old(lpu_tensor *t)
{
    const lpu_stretch *s = t->stretch;
    for (uint32_t i = 0; i < s->vector_count; i++)
        if (!s->vector_stays[i])
            lpu_release_buffer(t, s->vectors[i].buffer);
}

static void leave_register(lpu_machine *m, unsigned v)
{
    lpu_tensor *t = m->tensor;
    const lpu_stretch *s = t->stretch;
    t->vectors[v] = stretch_vector(m, s->v_tapes[v][s->length]);
    for (unsigned ahead = 1; ahead <= LANDINGS; ahead++) {
        unsigned slot = (m->cycle + s->length + ahead) % LANDINGS;
        t->vector_writes[slot][v] = (lpu_vector){0};
        if (ahead == LANDINGS || !s->v_landing[v][s->length + ahead])
            continue;
        t->vector_writes[slot][v] = stretch_vector(m, s->v_landing[v][s->length + ahead]);
        t->vectors_landing[slot] |= 1u << v;
        t->vectors_pending++;
    }
}

void stretch_leave_vectors(lpu_machine *m)
{
    lpu_tensor *t = m->tensor;
    release_old(t);
    memset(t->vectors_landing, 0, sizeof t->vectors_landing);
    t->vectors_pending = 0;
    for (unsigned v = 0; t->stretch->live_vectors >> v; v++)
        if (t->stretch->live_vectors >> v & 1)
            leave_register(m, v);
}
