/* Streams in a stretch: the tapes, from their beginning to what is left. See stretch.h. */
#include <string.h>
#include "stretch_tape.h"

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

/* All ------------------------------------------------------------------------------------------------------------- */
static bool flows(const lpu_place *place, unsigned direction)
{
    return place->groups && place->number < LPU_V_REGISTERS && direction_of(place->number) == direction;
}

/* The number of a bit that is set; some is. */
static unsigned lowest_of(uint64_t bits)
{
    return (uint32_t)bits ? lowest_bit((uint32_t)bits) : 32 + lowest_bit((uint32_t)(bits >> 32));
}

/* Of the bursts of a position, a bit each. */
static void pass_position(lpu_machine *m, unsigned direction, unsigned position, uint64_t bursts)
{
    lpu_stretch *s = m->tensor->stretch;
    for (uint64_t bits = bursts; bits; bits &= bits - 1) {
        stretch_node *node = &s->nodes[lowest_of(bits)];
        for (unsigned i = 0; i < node->op->source_count; i++)
            if (flows(&node->op->sources[i], direction))
                stretch_sample(m->tensor, node, i);
    }
    stretch_land_pending(m, direction, position);
    for (uint64_t bits = bursts; bits; bits &= bits - 1)
        if (flows(&s->nodes[lowest_of(bits)].op->target, direction))
            stretch_land_results(m, &s->nodes[lowest_of(bits)]);
}

static void find_bursts(const lpu_stretch *s, uint64_t bursts[MAX_POSITIONS])
{
    memset(bursts, 0, MAX_POSITIONS * sizeof *bursts);
    for (unsigned n = 0; n < s->node_count; n++)
        if (s->nodes[n].op->position != NOWHERE)
            bursts[s->nodes[n].op->position] |= 1ull << n;
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
    uint64_t bursts[MAX_POSITIONS];
    begin_tapes(t);
    find_bursts(t->stretch, bursts);
    for (unsigned direction = 0; direction < DIRECTIONS; direction++)
        for (unsigned rank = t->positions; rank-- > 0;) {
            unsigned position = position_of(t, direction, rank);
            pass_position(m, direction, position, bursts[position]);
        }
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

/* Whether something is to be done when a code is no more on the chip. */
static bool is_dropped(uint32_t code) { return code && code < (SAMPLED | IS_NEW); }

LPU_CLONES static bool are_dropped(const uint32_t codes[CHUNK])
{
    uint32_t any = 0;
    for (size_t i = 0; i < CHUNK; i++)
        any |= codes[i] - 1 < (SAMPLED | IS_NEW) - 1;
    return any;
}

/* Mostly there is nothing to be done from a place on for CHUNK places. */
static void close_places(lpu_tensor *t, unsigned stream, unsigned first)
{
    const uint32_t *tape = t->stretch->tapes[stream];
    unsigned end = (unsigned)least(first + CHUNK, t->stretch->length);
    for (unsigned place = are_dropped(tape + first) ? first : end; place < end; place++)
        if (is_dropped(tape[place]))
            drop(t, stream, tape[place]);
}

static void close_tape(lpu_tensor *t, unsigned stream)
{
    lpu_stretch *s = t->stretch;
    const uint32_t *tape = s->tapes[stream];
    for (unsigned first = 0; first < s->length; first += CHUNK)
        close_places(t, stream, first);
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
    for (unsigned stream = 0; stream < DIRECTIONS * STREAMS; stream++)
        for (unsigned place = 0; s->live >> stream & 1 && place < t->positions; place++)
            if (s->tapes[stream][s->length + place])
                leave_cell(t, stream, diagonal_of(t, direction_of(stream), place), s->tapes[stream][s->length + place]);
    leave_late(t);
}
