/* Streams in a stretch: the tapes. See stretch.h. */
#include <string.h>
#include "stretch.h"

/* Places ----------------------------------------------------------------------------------------------------------- */
/* How many positions there are behind one, in a direction. */
static unsigned rank_of(const lpu_tensor *t, unsigned direction, unsigned position)
{
    return direction ? position : t->positions - 1 - position;
}

static unsigned position_of(const lpu_tensor *t, unsigned direction, unsigned rank) { return rank_of(t, direction, rank); }

/* The place on a tape of what passes a position of some rank in a cycle. */
static unsigned place_of(unsigned rank, unsigned cycle) { return cycle + rank + 1; }

/* The diagonal of a place below the number of positions, at the beginning of a stretch. The first one leaves the chip. */
static unsigned diagonal_of(const lpu_tensor *t, unsigned direction, unsigned place)
{
    unsigned rank = (place + t->positions - 1) % t->positions;
    return diagonal_at(t, direction, position_of(t, direction, rank));
}

static uint64_t bits_of(const lpu_place *place)
{
    bool is_stream = place->groups && place->number < LPU_V_REGISTERS;
    return is_stream ? ((1ull << place->width * place->groups) - 1) << place->number : 0;
}

static unsigned places_of(const lpu_tensor *t) { return t->stretch->length + t->positions; }

/* Beginning -------------------------------------------------------------------------------------------------------- */
static void find_live(lpu_tensor *t)
{
    lpu_stretch *s = t->stretch;
    s->live = 0;
    for (unsigned direction = 0; direction < DIRECTIONS; direction++)
        for (unsigned p = 0; p < t->positions; p++)
            s->live |= (uint64_t)t->streams.occupied[direction][p] << direction * STREAMS;
    for (const stretch_node *node = s->nodes; node < s->nodes + s->node_count; node++) {
        s->live |= bits_of(&node->op->target);
        for (unsigned i = 0; i < node->op->source_count; i++)
            s->live |= bits_of(&node->op->sources[i]);
    }
}

/* What is on a diagonal. */
static void copy_diagonal(lpu_tensor *t, unsigned direction, unsigned place)
{
    lpu_stretch *s = t->stretch;
    unsigned diagonal = diagonal_of(t, direction, place);
    for (uint32_t bits = t->streams.occupied[direction][diagonal]; bits; bits &= bits - 1) {
        unsigned stream = lowest_bit(bits);
        uint32_t mark = t->streams.sampled[direction][diagonal] >> stream & 1 ? SAMPLED : 0;
        s->tapes[direction * STREAMS + stream][place] = t->streams.cells[direction][diagonal][stream] | mark;
    }
}

static void note_pending(lpu_tensor *t, uint32_t number, unsigned cycle)
{
    lpu_stretch *s = t->stretch;
    const lpu_value *value = &t->streams.values[number];
    uint32_t *first = &s->pending_at[direction_of(value->stream)][value->position];
    if (s->pending_count == MOST_OLD - 1) {
        stretch_cut(s, 0);
        return;
    }
    s->pending[++s->pending_count] = (stretch_pending){number, *first, cycle};
    *first = s->pending_count;
    s->live |= (uint64_t)carried_bits(value) << direction_of(value->stream) * STREAMS;
}

/* Those that land in the stretch; the streams of those that land later are claimed. */
static void find_pending(lpu_tensor *t)
{
    lpu_stretch *s = t->stretch;
    memset(s->pending_at, 0, sizeof s->pending_at);
    memset(s->late_claims, 0, sizeof s->late_claims);
    s->pending_count = 0;
    for (unsigned ahead = 0; ahead < LANDINGS; ahead++) {
        unsigned slot = (t->now + ahead) % LANDINGS;
        if (ahead >= s->length)
            memcpy(s->late_claims[slot], t->streams.claimed[slot], sizeof s->late_claims[slot]);
        for (uint32_t v = ahead < s->length ? t->streams.landing[slot] : 0; v; v = t->streams.values[v].next)
            note_pending(t, v, ahead);
    }
}

static void begin_tapes(lpu_tensor *t)
{
    lpu_stretch *s = t->stretch;
    find_live(t);
    find_pending(t);
    for (unsigned stream = 0; stream < DIRECTIONS * STREAMS; stream++)
        if (s->live >> stream & 1)
            memset(s->tapes[stream], 0, places_of(t) * sizeof *s->tapes[stream]);
    for (unsigned direction = 0; direction < DIRECTIONS; direction++)
        for (unsigned place = 0; place < t->positions; place++)
            copy_diagonal(t, direction, place);
    s->gone_count = s->late_count = 0;
}

/* Sampling --------------------------------------------------------------------------------------------------------- */
/* The first stream of the group that a code is a result of, and its width. */
static unsigned group_of(const lpu_tensor *t, uint32_t code, unsigned *width)
{
    const lpu_stretch *s = t->stretch;
    if (!(code & IS_NEW)) {
        const lpu_value *value = &t->streams.values[code];
        *width = value->width;
        return value->stream;
    }
    const stretch_node *node = maker_of(s, code);
    const lpu_place *target = &node->op->target;
    *width = target->width;
    return target->number + ((code & CODE_NUMBER) - node->first_result) % target->groups * target->width;
}

/* Whether what stands for the first stream of a group is right for it: a single stream takes anything; more are all of a
 * result, or, of many groups, from an even place of it on. */
static bool fits(const lpu_tensor *t, const lpu_place *place, unsigned stream, uint32_t code)
{
    unsigned width, first;
    if (place->width == 1)
        return true;
    first = group_of(t, code, &width);
    return place->groups > 1 ? width % place->width == 0 && (stream - first) % width == 0
                             : width == place->width && stream == first;
}

static void note_use(lpu_stretch *s, stretch_node *node, uint32_t code)
{
    if (code & IS_NEW) {
        s->results[code & CODE_NUMBER].uses++;
        node->after |= 1ull << s->results[code & CODE_NUMBER].node;
    }
}

/* Sample a group of streams from `stream` on; what was found goes to `codes`, for each stream or for all as one. */
static void sample_group(lpu_tensor *t, stretch_node *node, const lpu_place *place, unsigned stream, uint32_t *codes)
{
    lpu_stretch *s = t->stretch;
    unsigned rank = rank_of(t, direction_of(stream), (unsigned)node->op->position);
    const uint8_t *times = &s->times[node->first_time];
    bool as_one = place->groups == 1;
    for (uint32_t i = 0; i < node->count; i++) {
        unsigned at = place_of(rank, times[i]);
        uint32_t code = s->tapes[stream][at] & ~SAMPLED;
        bool is_right = code && fits(t, place, stream, code);
        for (unsigned k = 0; k < place->width; k++) {
            is_right &= (s->tapes[stream + k][at] & ~SAMPLED) == code;
            s->tapes[stream + k][at] |= SAMPLED;
        }
        if (!is_right) {
            stretch_cut(s, times[i]);
            return;
        }
        for (unsigned k = 0; k < (as_one ? 1 : place->width); k++) {
            codes[k * node->count + i] = code;
            note_use(s, node, code);
        }
    }
}

static void sample(lpu_tensor *t, stretch_node *node, unsigned source)
{
    const lpu_place *place = &node->op->sources[source];
    uint32_t *codes = &t->stretch->samples[node->first_sample[source]];
    for (unsigned g = 0; g < place->groups; g++)
        sample_group(t, node, place, place->number + g * place->width, codes + g * place->width * node->count);
}

/* Landing ---------------------------------------------------------------------------------------------------------- */
static bool is_strict(const lpu_machine *m) { return m->parameters.strict; }

static unsigned position_made(const lpu_tensor *t, uint32_t code)
{
    if (code & IS_NEW)
        return (unsigned)maker_of(t->stretch, code)->op->position;
    return t->streams.values[code & ~SAMPLED].position;
}

/* Something lands where something was. What came from the same position is a clash if its op issues before the other does,
 * in cycle `issue`; else it is one later. */
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

static void land_pending(lpu_machine *m, unsigned direction, unsigned position)
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

static void land_results(lpu_machine *m, const stretch_node *node)
{
    const lpu_stretch *s = m->tensor->stretch;
    const lpu_place *target = &node->op->target;
    for (uint32_t i = 0; i < node->count; i++) {
        if (s->times[node->first_time + i] + node->op->latency >= s->length) {
            land_late(m, node, i);
            continue;
        }
        for (unsigned g = 0; g < target->groups; g++)
            land_group(m, node, i, target->number + g * target->width, IS_NEW | (node->first_result + i * target->groups + g));
    }
}

/* All ------------------------------------------------------------------------------------------------------------- */
static bool flows(const lpu_place *place, unsigned direction)
{
    return place->groups && place->number < LPU_V_REGISTERS && direction_of(place->number) == direction;
}

static void pass_position(lpu_machine *m, unsigned direction, unsigned position)
{
    lpu_stretch *s = m->tensor->stretch;
    stretch_node *end = s->nodes + s->node_count;
    for (stretch_node *node = s->nodes; node < end; node++)
        for (unsigned i = 0; node->op->position == (int)position && i < node->op->source_count; i++)
            if (flows(&node->op->sources[i], direction))
                sample(m->tensor, node, i);
    land_pending(m, direction, position);
    for (const stretch_node *node = s->nodes; node < end; node++)
        if (node->op->position == (int)position && flows(&node->op->target, direction))
            land_results(m, node);
}

/* What leaves the chip unsampled is lost. */
static void test_leaving(lpu_machine *m)
{
    lpu_stretch *s = m->tensor->stretch;
    for (unsigned stream = 0; stream < DIRECTIONS * STREAMS; stream++)
        for (unsigned place = 0; s->live >> stream & 1 && place < s->length; place++)
            if (s->tapes[stream][place] && !(s->tapes[stream][place] & SAMPLED))
                stretch_cut(s, place);
}

void stretch_trace_streams(lpu_machine *m)
{
    lpu_tensor *t = m->tensor;
    begin_tapes(t);
    for (unsigned direction = 0; direction < DIRECTIONS; direction++)
        for (unsigned rank = t->positions; rank-- > 0;)
            pass_position(m, direction, position_of(t, direction, rank));
    if (is_strict(m))
        test_leaving(m);
}

/* The end ---------------------------------------------------------------------------------------------------------- */
static void count_loss(lpu_tensor *t, unsigned stream, uint32_t code)
{
    const lpu_tensor_op *op = code & IS_NEW ? maker_of(t->stretch, code)->op : &t->ops[t->streams.values[code].op];
    t->losses[op->losses + stream - op->target.number]++;
}

/* What stood on a tape is no more on the chip. */
static void drop(lpu_tensor *t, unsigned stream, uint32_t code)
{
    lpu_stretch *s = t->stretch;
    if (!(code & SAMPLED))
        count_loss(t, stream, code);
    if (code & IS_NEW)
        return;
    lpu_value *value = &t->streams.values[code & ~SAMPLED];
    value->held &= (uint8_t)~(1u << (stream - value->stream));
    if (!value->held)
        s->finished[s->finished_count++] = code & ~SAMPLED;
}

static void stay(lpu_stretch *s, uint32_t code)
{
    stretch_result *result = &s->results[code & CODE_NUMBER];
    if (code & IS_NEW && !result->stays) {
        result->stays = true;
        result->uses++;
    }
}

static void close_tape(lpu_tensor *t, unsigned stream)
{
    lpu_stretch *s = t->stretch;
    const uint32_t *tape = s->tapes[stream];
    for (unsigned place = 0; place < s->length; place++)
        if (tape[place] && (tape[place] & (SAMPLED | IS_NEW)) != (SAMPLED | IS_NEW))
            drop(t, stream, tape[place]);
    for (unsigned place = s->length; place < places_of(t); place++)
        stay(s, tape[place]);
}

static void close_pending(lpu_tensor *t)
{
    const lpu_stretch *s = t->stretch;
    for (uint32_t p = 1; p <= s->pending_count; p++) {
        lpu_value *value = &t->streams.values[s->pending[p].value];
        value->held = value->carried;
    }
    for (unsigned ahead = 0; ahead < least(LANDINGS, s->length); ahead++) {
        t->streams.landing[(t->now + ahead) % LANDINGS] = 0;
        memset(t->streams.claimed[(t->now + ahead) % LANDINGS], 0, sizeof *t->streams.claimed);
    }
}

void stretch_close_streams(lpu_machine *m)
{
    lpu_tensor *t = m->tensor;
    lpu_stretch *s = t->stretch;
    s->finished_count = 0;
    close_pending(t);
    for (uint32_t i = 0; i < s->gone_count; i++)
        drop(t, s->gone[i].stream, s->gone[i].code);
    for (unsigned stream = 0; stream < DIRECTIONS * STREAMS; stream++)
        if (s->live >> stream & 1)
            close_tape(t, stream);
    for (uint32_t i = 0; i < s->late_count; i++)
        stay(s, IS_NEW | s->late[i]);
}

/* Values ----------------------------------------------------------------------------------------------------------- */
/* The value that a result has become. */
static uint32_t value_of(lpu_tensor *t, uint32_t number)
{
    lpu_stretch *s = t->stretch;
    stretch_result *result = &s->results[number];
    const stretch_node *node = &s->nodes[result->node];
    const lpu_place *target = &node->op->target;
    uint32_t i = (number - node->first_result) / target->groups, group = (number - node->first_result) % target->groups;
    if (result->value)
        return result->value;
    result->value = lpu_take_value(t);
    t->streams.values[result->value] = (lpu_value){
        .issued = t->now - s->length + s->times[node->first_time + i], .op = (uint32_t)(node->op - t->ops),
        .element = node->first_number + i, .buffer = result->buffer,
        .stream = (uint8_t)(target->number + group * target->width), .position = (uint8_t)node->op->position,
        .width = target->width, .carried = (uint8_t)group_bits(0, target->width),
    };
    return result->value;
}

static void leave_cell(lpu_tensor *t, unsigned stream, unsigned diagonal, uint32_t code)
{
    lpu_streams *streams = &t->streams;
    unsigned direction = direction_of(stream), bit = stream % STREAMS;
    uint32_t number = code & IS_NEW ? value_of(t, code & CODE_NUMBER) : code & CODE_NUMBER;
    streams->cells[direction][diagonal][bit] = number;
    streams->occupied[direction][diagonal] |= 1u << bit;
    streams->sampled[direction][diagonal] |= (code & SAMPLED ? 1u : 0u) << bit;
    if (code & IS_NEW)
        streams->values[number].held |= (uint8_t)(1u << (stream - streams->values[number].stream));
}

static void leave_late(lpu_tensor *t)
{
    const lpu_stretch *s = t->stretch;
    for (uint32_t i = 0; i < s->late_count; i++) {
        uint32_t number = value_of(t, s->late[i]);
        const lpu_value *value = &t->streams.values[number];
        const lpu_tensor_op *op = &t->ops[value->op];
        lpu_put_pending(t, number, value->issued + op->latency);
        t->streams.claimed[(value->issued + op->latency) % LANDINGS][value->position] |= lpu_target_bits(op);
    }
}

void stretch_leave_streams(lpu_machine *m)
{
    lpu_tensor *t = m->tensor;
    const lpu_stretch *s = t->stretch;
    for (uint32_t i = 0; i < s->finished_count; i++)
        lpu_give_back(t, s->finished[i]);
    memset(t->streams.occupied, 0, sizeof t->streams.occupied);
    memset(t->streams.sampled, 0, sizeof t->streams.sampled);
    for (unsigned direction = 0; direction < DIRECTIONS; direction++)
        for (unsigned place = 0; place < t->positions; place++) {
            unsigned diagonal = diagonal_of(t, direction, place);
            for (unsigned i = direction * STREAMS; i < (direction + 1) * STREAMS; i++)
                if (s->live >> i & 1 && s->tapes[i][s->length + place])
                    leave_cell(t, i, diagonal, s->tapes[i][s->length + place]);
        }
    leave_late(t);
}
