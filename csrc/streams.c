/* Streams as diagonals: see tensor.h. */
#include "streams.h"
#include <string.h>

/* Whether a value is of the result that another is of. */
static bool is_of_same(const lpu_tensor *t, const lpu_value *first, const lpu_value *value)
{
    return value->issued == first->issued && t->ops[value->op].unit == t->ops[first->op].unit;
}

unsigned lpu_torn_at(const lpu_tensor *t, const uint32_t *values, unsigned stream, unsigned width)
{
    const lpu_value *first = &t->streams.values[values[0]];
    unsigned k = 1;
    if (width > 1 && first->width > 1 && first->stream != stream)
        return 0;
    for (; k < width; k++) {
        const lpu_value *value = &t->streams.values[values[k]];
        bool continues = is_of_same(t, first, value) && value->stream == first->stream;
        if (first->width == 1 ? value->width != 1 : !continues)
            break;
    }
    return k;
}

/* Whether a place samples all bytes of a value, and nothing else. */
static bool takes_all(const lpu_place *place, const lpu_value *value)
{
    bool is_there = value->stream == place->number && value->held == group_bits(0, place->width);
    return is_there && value->width == place->width && place->groups == 1;
}

static bool is_torn(const lpu_tensor *t, const lpu_place *place, const uint32_t *values)
{
    for (unsigned k = 0; place->width > 1 && k < (unsigned)place->width * place->groups; k += place->width)
        if (lpu_torn_at(t, values + k, place->number + k, place->width) < place->width)
            return true;
    return false;
}

const uint32_t *lpu_cells_of(const lpu_tensor *t, const lpu_tensor_op *op, unsigned source)
{
    unsigned stream = op->sources[source].number, direction = direction_of(stream);
    return &t->streams.cells[direction][diagonal_at(t, direction, (unsigned)op->position)][stream % STREAMS];
}

bool lpu_look(const lpu_tensor *t, lpu_element *e, unsigned source)
{
    const lpu_place *place = &e->op->sources[source];
    unsigned direction = direction_of(place->number), size = place->width * place->groups;
    unsigned diagonal = diagonal_at(t, direction, (unsigned)e->op->position);
    const uint32_t *cells = lpu_cells_of(t, e->op, source);
    uint32_t bits = group_bits(place->number, size);
    if ((t->streams.occupied[direction][diagonal] & bits) != bits)
        return false;
    const lpu_value *first = &t->streams.values[cells[0]];
    if (takes_all(place, first)) {
        e->buffers[source] = first->buffer;
        return true;
    }
    e->buffers[source] = 0;
    for (unsigned k = 0; k < size; k++) {
        const lpu_value *value = &t->streams.values[cells[k]];
        e->samples[source][k] = (lpu_sample){value->buffer, place->number + k - value->stream};
    }
    return !is_torn(t, place, cells);
}

void lpu_sampled_planes(lpu_tensor *t, const lpu_element *e, unsigned source, const uint8_t *planes[MAX_TAKEN])
{
    const lpu_place *place = &e->op->sources[source];
    uint32_t buffer = e->buffers[source];
    for (unsigned k = 0; k < (unsigned)place->width * place->groups; k++) {
        const lpu_sample *sample = &e->samples[source][k];
        planes[k] = buffer ? lpu_buffer_plane(t, buffer, k) : lpu_buffer_plane(t, sample->buffer, sample->byte);
    }
}

const void *lpu_sampled_elements(lpu_tensor *t, const lpu_element *e, unsigned source, void *room)
{
    const uint8_t *planes[MAX_TAKEN];
    if (e->buffers[source])
        return lpu_buffer_elements(t, e->buffers[source]);
    lpu_sampled_planes(t, e, source, planes);
    lanes_join(room, planes, e->op->sources[source].width, t->lanes);
    return room;
}

void lpu_note_sampled(lpu_tensor *t, const lpu_tensor_op *op, unsigned source)
{
    const lpu_place *place = &op->sources[source];
    unsigned direction = direction_of(place->number);
    unsigned diagonal = diagonal_at(t, direction, (unsigned)op->position);
    t->streams.sampled[direction][diagonal] |= group_bits(place->number, place->width * place->groups);
}

uint64_t lpu_target_bits(const lpu_tensor_op *op)
{
    return ((1ull << op->target.width * op->target.groups) - 1) << op->target.number;
}

bool lpu_claim_streams(lpu_tensor *t, const lpu_tensor_op *op, uint64_t landing)
{
    uint64_t bits = lpu_target_bits(op), *claimed = &t->streams.claimed[landing % LANDINGS][op->position];
    if (*claimed & bits)
        return false;
    *claimed |= bits;
    return true;
}

void lpu_unclaim_streams(lpu_tensor *t, const lpu_tensor_op *op, uint64_t landing)
{
    t->streams.claimed[landing % LANDINGS][op->position] &= ~lpu_target_bits(op);
}

uint32_t lpu_take_value(lpu_tensor *t)
{
    lpu_streams *s = &t->streams;
    return s->free_count ? s->free[--s->free_count] : ++s->fresh;
}

void lpu_give_back(lpu_tensor *t, uint32_t value)
{
    lpu_release_buffer(t, t->streams.values[value].buffer);
    t->streams.free[t->streams.free_count++] = value;
}

void lpu_put_pending(lpu_tensor *t, uint32_t value, uint64_t landing)
{
    lpu_streams *s = &t->streams;
    s->values[value].next = s->landing[landing % LANDINGS];
    s->landing[landing % LANDINGS] = value;
}

void lpu_send(lpu_tensor *t, const lpu_element *element, unsigned group, uint32_t buffer)
{
    const lpu_tensor_op *op = element->op;
    if (element->results) {
        element->results[group] = buffer;
        return;
    }
    uint32_t number = lpu_take_value(t);
    t->streams.values[number] = (lpu_value){
        .issued = t->now, .op = (uint32_t)(op - t->ops), .element = element->number, .buffer = buffer,
        .stream = (uint8_t)(op->target.number + group * op->target.width), .position = (uint8_t)op->position,
        .width = op->target.width, .carried = (uint8_t)group_bits(0, op->target.width),
    };
    lpu_put_pending(t, number, t->now + op->latency);
}

static void count_losses(lpu_tensor *t, const lpu_value *value, unsigned lost)
{
    const lpu_tensor_op *op = &t->ops[value->op];
    for (unsigned k = 0; k < value->width; k++)
        t->losses[op->losses + value->stream - op->target.number + k] += lost >> k & 1;
}

/* What these cells of a diagonal hold goes, whether anybody sampled it or not. */
static void drop_cells(lpu_tensor *t, unsigned direction, unsigned diagonal, uint32_t cells)
{
    lpu_streams *s = &t->streams;
    while (cells) {
        uint32_t number = s->cells[direction][diagonal][lowest_bit(cells)];
        lpu_value *value = &s->values[number];
        uint32_t gone = held_bits(value) & cells, lost = gone & ~s->sampled[direction][diagonal];
        if (lost)
            count_losses(t, value, lost >> value->stream % STREAMS);
        value->held &= (uint8_t)~(gone >> value->stream % STREAMS);
        cells &= ~gone;
        if (!value->held)
            lpu_give_back(t, number);
    }
}

static void drop_diagonal(lpu_tensor *t, unsigned direction, unsigned diagonal)
{
    lpu_streams *s = &t->streams;
    if (!s->occupied[direction][diagonal])
        return;
    drop_cells(t, direction, diagonal, s->occupied[direction][diagonal]);
    s->occupied[direction][diagonal] = s->sampled[direction][diagonal] = 0;
}

void lpu_move_streams(lpu_tensor *t)
{
    drop_diagonal(t, 0, diagonal_at(t, 0, 0));
    drop_diagonal(t, 1, diagonal_at(t, 1, t->positions - 1));
}

static void land(lpu_tensor *t, uint32_t number)
{
    lpu_streams *s = &t->streams;
    lpu_value *value = &s->values[number];
    unsigned direction = direction_of(value->stream), diagonal = diagonal_at(t, direction, value->position);
    uint32_t bits = carried_bits(value), *cells = &s->cells[direction][diagonal][value->stream % STREAMS];
    if (s->occupied[direction][diagonal] & bits)
        drop_cells(t, direction, diagonal, s->occupied[direction][diagonal] & bits);
    for (unsigned k = 0; k < value->width; k++)
        if (value->carried >> k & 1)
            cells[k] = number;
    value->held = value->carried;
    s->occupied[direction][diagonal] |= bits;
    s->sampled[direction][diagonal] &= ~bits;
    s->claimed[t->now % LANDINGS][value->position] = 0;
}

void lpu_land_results(lpu_tensor *t)
{
    uint32_t *first = &t->streams.landing[t->now % LANDINGS];
    for (uint32_t number = *first, next; number; number = next) {
        next = t->streams.values[number].next;
        land(t, number);
    }
    *first = 0;
}

void lpu_clear_streams(lpu_tensor *t)
{
    lpu_streams *s = &t->streams;
    memset(s->occupied, 0, sizeof s->occupied);
    memset(s->sampled, 0, sizeof s->sampled);
    memset(s->landing, 0, sizeof s->landing);
    memset(s->claimed, 0, sizeof s->claimed);
    s->free_count = s->fresh = 0;
}
