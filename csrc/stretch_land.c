/* What lands on streams in a stretch, and on what. See stretch.h. */
#include "stretch_tape.h"

static unsigned position_made(const lpu_tensor *t, uint32_t code)
{
    if (code & IS_NEW)
        return (unsigned)maker_of(t->stretch, code)->op->position;
    return t->streams.values[code & ~SAMPLED].position;
}

/* Something lands where something was. What came from the same position is a clash if its op issues before the other
 * does, in cycle `issue`; else it is one later. */
static void displace(lpu_machine *m, unsigned stream, uint32_t was, unsigned position, unsigned cycle, unsigned issue)
{
    lpu_stretch *s = m->tensor->stretch;
    if (position_made(m->tensor, was) == position)
        stretch_cut(s, issue);
    if (is_strict(m) && !(was & SAMPLED))
        stretch_cut(s, cycle);
    if ((was & (SAMPLED | IS_NEW)) == (SAMPLED | IS_NEW))
        return;
    if (s->gone_count == MOST_OLD) {
        stretch_cut(s, 0);
        return;
    }
    s->gone[s->gone_count++] = (stretch_gone){was, stream};
}

void stretch_land_pending(lpu_machine *m, unsigned direction, unsigned position)
{
    lpu_tensor *t = m->tensor;
    lpu_stretch *s = t->stretch;
    for (uint32_t p = s->pending_at[direction][position]; p; p = s->pending[p].next) {
        const lpu_value *value = &t->streams.values[s->pending[p].value];
        unsigned at = place_of(rank_of(t, direction, position), s->pending[p].cycle);
        for (unsigned k = 0; k < value->width; k++) {
            uint32_t *cell = &s->tapes[value->stream + k][at];
            if (!(value->carried >> k & 1))
                continue;
            if (*cell)
                displace(m, value->stream + k, *cell, position, s->pending[p].cycle, s->pending[p].cycle);
            *cell = s->pending[p].value;
        }
    }
}

/* A result that lands after the end. */
static void land_late(lpu_machine *m, const stretch_node *node, uint32_t i)
{
    lpu_stretch *s = m->tensor->stretch;
    unsigned cycle = s->times[node->first_time + i];
    uint64_t bits = bits_of(&node->op->target);
    uint64_t *claims = &s->late_claims[(m->cycle + cycle + node->op->latency) % LANDINGS][node->op->position];
    if (*claims & bits || s->late_count + node->op->target.groups > MOST_OLD)
        stretch_cut(s, cycle);
    *claims |= bits;
    for (unsigned g = 0; s->cut > cycle && g < node->op->target.groups; g++)
        s->late[s->late_count++] = node->first_result + i * node->op->target.groups + g;
}

static void land_group(lpu_machine *m, const stretch_node *node, uint32_t i, unsigned stream, uint32_t code)
{
    lpu_stretch *s = m->tensor->stretch;
    unsigned issue = s->times[node->first_time + i], cycle = issue + node->op->latency;
    unsigned rank = rank_of(m->tensor, direction_of(stream), (unsigned)node->op->position);
    for (unsigned k = 0; k < node->op->target.width; k++) {
        uint32_t *cell = &s->tapes[stream + k][place_of(rank, cycle)];
        if (*cell)
            displace(m, stream + k, *cell, (unsigned)node->op->position, cycle, issue);
        *cell = code;
    }
}

/* Whether there is nothing on a tape. */
LPU_CLONES static bool is_empty(const uint32_t *tape, size_t count)
{
    uint32_t any = 0;
    for (; count >= CHUNK; count -= CHUNK, tape += CHUNK)
        for (size_t i = 0; i < CHUNK; i++)
            any |= tape[i];
    for (size_t i = 0; i < count; i++)
        any |= tape[i];
    return !any;
}

LPU_CLONES static void count_up(uint32_t *tape, size_t count, uint32_t code, uint32_t step)
{
    for (; count >= CHUNK; count -= CHUNK, tape += CHUNK, code += CHUNK * step)
        for (uint32_t i = 0; i < CHUNK; i++)
            tape[i] = code + i * step;
    for (uint32_t i = 0; i < count; i++)
        tape[i] = code + i * step;
}

/* How many results of a burst with an element in each cycle have landed, one after another, on nothing. */
static uint32_t land_dense(lpu_machine *m, const stretch_node *node)
{
    lpu_stretch *s = m->tensor->stretch;
    const lpu_place *target = &node->op->target;
    unsigned first = s->times[node->first_time] + node->op->latency;
    uint32_t count = first < s->length ? (uint32_t)least(s->length - first, node->count) : 0;
    bool is_clear = node->is_dense && count;
    for (unsigned k = 0; is_clear && k < (unsigned)target->width * target->groups; k++)
        is_clear = is_empty(tape_at(m->tensor, node, target->number + k, first), count);
    for (unsigned k = 0; is_clear && k < (unsigned)target->width * target->groups; k++)
        count_up(tape_at(m->tensor, node, target->number + k, first), count,
                 IS_NEW | (node->first_result + k / target->width), target->groups);
    return is_clear ? count : 0;
}

void stretch_land_results(lpu_machine *m, const stretch_node *node)
{
    const lpu_stretch *s = m->tensor->stretch;
    const lpu_place *target = &node->op->target;
    for (uint32_t i = land_dense(m, node); i < node->count; i++) {
        if (s->times[node->first_time + i] + node->op->latency >= s->length) {
            land_late(m, node, i);
            continue;
        }
        uint32_t code = IS_NEW | (node->first_result + i * target->groups);
        for (unsigned g = 0; g < target->groups; g++)
            land_group(m, node, i, target->number + g * target->width, code + g);
    }
}
