/* E-STREAM-LOST: the value that a strict machine is about to lose, before anything of the cycle has happened. */
#include "cycle.h"
#include "inquiry.h"
#include "predecode.h"
#include "units.h"

/* Of several losses the one that comes first by the maker's unit, stream and position. */
typedef struct {
    const lpu_tensor_op *op; /* NULL as long as there is none */
    uint32_t element;
    int stream, position;
    const lpu_value *over; /* what overwrites it, or NULL */
} loss;

static void consider(loss *first, loss other)
{
    long order = !first->op ? -1 : (long)other.op->unit - first->op->unit;
    order = order ? order : other.stream - first->stream;
    order = order ? order : other.position - first->position;
    if (order < 0)
        *first = other;
}

static void consider_byte(const lpu_tensor *t, loss *first, uint32_t number, unsigned stream, unsigned position,
                          const lpu_value *over)
{
    const lpu_value *value = &t->streams.values[number];
    consider(first, (loss){&t->ops[value->op], value->element, (int)stream, (int)position, over});
}

static void consider_dropped(const lpu_tensor *t, loss *first, unsigned direction)
{
    unsigned last = t->positions - 1, entry = direction ? last : 0, diagonal = diagonal_at(t, direction, entry);
    uint32_t lost = t->streams.occupied[direction][diagonal] & ~t->streams.sampled[direction][diagonal];
    for (unsigned stream = 0; stream < STREAMS; stream++)
        if (lost >> stream & 1)
            consider_byte(t, first, t->streams.cells[direction][diagonal][stream], direction * STREAMS + stream,
                          last - entry, NULL);
}

/* Whether an element of this cycle samples a stream at a position. */
static bool is_sampled_now(const lpu_tensor *t, unsigned stream, unsigned position)
{
    for (uint32_t i = 0; i < t->element_count; i++)
        for (unsigned k = 0; k < t->elements[i].op->source_count; k++) {
            const lpu_place *place = &t->elements[i].op->sources[k];
            bool is_among = place->number <= stream && stream < place->number + (unsigned)place->width * place->groups;
            if (is_among && t->elements[i].op->position == (int)position)
                return true;
        }
    return false;
}

static void consider_overwritten(const lpu_tensor *t, loss *first, const lpu_value *over)
{
    unsigned direction = direction_of(over->stream), diagonal = diagonal_at(t, direction, over->position);
    uint32_t lost = t->streams.occupied[direction][diagonal] & ~t->streams.sampled[direction][diagonal];
    bool is_entry = over->position == (direction ? t->positions - 1 : 0); /* nothing arrives there */
    lost &= is_entry ? 0 : carried_bits(over);
    for (unsigned i = 0; i < STREAMS; i++) {
        unsigned stream = direction * STREAMS + i;
        if (lost >> i & 1 && !is_sampled_now(t, stream, over->position))
            consider_byte(t, first, t->streams.cells[direction][diagonal][i], stream, over->position, over);
    }
}

static bool is_taken_now(const lpu_tensor *t, unsigned plane)
{
    for (uint32_t i = 0; i < t->element_count; i++) {
        const lpu_tensor_op *op = t->elements[i].op;
        if ((op->family == &lpu_takes || op->family == &lpu_emits) && op->plane == plane)
            return true;
    }
    return false;
}

static void consider_exit(const lpu_tensor *t, loss *first, unsigned plane)
{
    const matrix_maker *maker = matrix_standing(t->matrix, plane, t->now);
    if (!maker || is_taken_now(t, plane))
        return;
    const lpu_tensor_op *op = lpu_op_at(t, maker->pc, maker->slot);
    consider(first, (loss){op, maker->element, LPU_NOWHERE, op->position, NULL});
}

static loss first_loss(const lpu_tensor *t)
{
    loss first = {0};
    for (unsigned direction = 0; direction < DIRECTIONS; direction++)
        consider_dropped(t, &first, direction);
    for (uint32_t v = t->streams.landing[t->now % LANDINGS]; v; v = t->streams.values[v].next)
        consider_overwritten(t, &first, &t->streams.values[v]);
    for (unsigned plane = 0; plane < MATRIX_PLANES; plane++)
        consider_exit(t, &first, plane);
    return first;
}

bool lpu_loses_something(const lpu_machine *m) { return m->parameters.strict && first_loss(m->tensor).op; }

bool lpu_is_lost(const lpu_machine *m, lpu_fault *fault)
{
    loss first = m->parameters.strict ? first_loss(m->tensor) : (loss){0};
    if (!first.op)
        return false;
    fault->pc = first.op->pc;
    fault->slot = first.op->slot;
    fault->element = first.element;
    fault->stream = first.stream;
    fault->position = first.position;
    fault->resource = first.stream == LPU_NOWHERE ? first.op->plane : LPU_NOWHERE;
    if (first.over)
        lpu_blame_maker(fault, m->tensor, first.over, (int64_t)m->tensor->now);
    return true;
}
