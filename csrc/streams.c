/* Streams as diagonals: see tensor.h. */
#include <string.h>
#include "streams.h"

/* Whether a value is byte k of the result that another is a byte of. */
static bool continues(const lpu_tensor *t, const lpu_value *first, const lpu_value *value, unsigned k)
{
    bool same_result = value->issued == first->issued && t->ops[value->op].unit == t->ops[first->op].unit;
    return same_result && value->byte == k;
}

unsigned lpu_torn_at(const lpu_tensor *t, const uint32_t *values, unsigned width)
{
    const lpu_value *first = &t->streams.values[values[0]];
    unsigned k = 1;
    if (width > 1 && first->width > 1 && first->byte)
        return 0;
    for (; k < width; k++) {
        const lpu_value *value = &t->streams.values[values[k]];
        if (first->width == 1 ? value->width != 1 : !continues(t, first, value, k))
            break;
    }
    return k;
}

bool lpu_look(const lpu_tensor *t, const lpu_tensor_op *op, unsigned source, uint32_t *values)
{
    const lpu_place *place = &op->sources[source];
    unsigned direction = direction_of(place->number), size = place->width * place->groups;
    unsigned diagonal = diagonal_at(t, direction, (unsigned)op->position);
    uint32_t bits = group_bits(place->number, size);
    if ((t->streams.occupied[direction][diagonal] & bits) != bits)
        return false;
    memcpy(values, &t->streams.cells[direction][diagonal][place->number % STREAMS], size * sizeof *values);
    if (place->width > 1)
        for (unsigned k = 0; k < size; k += place->width)
            if (lpu_torn_at(t, values + k, place->width) < place->width)
                return false;
    return true;
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

static void give_back(lpu_streams *s, uint32_t value) { s->free[s->free_count++] = value; }

void lpu_put_pending(lpu_tensor *t, uint32_t value, uint64_t landing)
{
    lpu_streams *s = &t->streams;
    s->values[value].next = s->landing[landing % LANDINGS];
    s->landing[landing % LANDINGS] = value;
}

uint8_t *lpu_make_result(lpu_tensor *t, const lpu_element *element, unsigned k)
{
    const lpu_tensor_op *op = element->op;
    uint32_t number = lpu_take_value(t);
    lpu_value *value = &t->streams.values[number];
    *value = (lpu_value){.issued = t->now, .op = (uint32_t)(op - t->ops), .element = element->number};
    value->stream = (uint8_t)(op->target.number + k);
    value->position = (uint8_t)op->position;
    value->width = op->target.width;
    value->byte = (uint8_t)(k % op->target.width);
    lpu_put_pending(t, number, t->now + op->latency);
    return value_data(t, number);
}

/* The value in a cell goes, whether anybody sampled it or not. */
static void drop_value(lpu_tensor *t, unsigned direction, unsigned diagonal, unsigned stream)
{
    lpu_streams *s = &t->streams;
    uint32_t number = s->cells[direction][diagonal][stream];
    const lpu_value *value = &s->values[number];
    const lpu_tensor_op *op = &t->ops[value->op];
    if (!(s->sampled[direction][diagonal] >> stream & 1))
        t->losses[op->losses + value->stream - op->target.number]++;
    give_back(s, number);
}

static void drop_diagonal(lpu_tensor *t, unsigned direction, unsigned diagonal)
{
    lpu_streams *s = &t->streams;
    uint32_t occupied = s->occupied[direction][diagonal];
    for (unsigned stream = 0; stream < STREAMS && occupied >> stream; stream++)
        if (occupied >> stream & 1)
            drop_value(t, direction, diagonal, stream);
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
    const lpu_value *value = &s->values[number];
    unsigned direction = direction_of(value->stream), stream = value->stream % STREAMS;
    unsigned diagonal = diagonal_at(t, direction, value->position);
    if (s->occupied[direction][diagonal] >> stream & 1)
        drop_value(t, direction, diagonal, stream);
    s->cells[direction][diagonal][stream] = number;
    s->occupied[direction][diagonal] |= 1u << stream;
    s->sampled[direction][diagonal] &= ~(1u << stream);
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
