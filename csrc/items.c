/* The state of the tensor face given out as items. Each kind has so many places, and each place an item or none. */
#include <string.h>
#include "bursts.h"
#include "cycle.h"
#include "items.h"
#include "predecode.h"
#include "units.h"

/* Out of a position in the last cycle is into the next one in this. */
unsigned lpu_diagonal_left(const lpu_tensor *t, unsigned direction, unsigned position)
{
    unsigned index = direction ? t->phase + position + t->positions - 1 : t->phase + 2 * t->positions - position - 1;
    return index % t->positions;
}

/* Appends numbers to an item. */
typedef struct {
    lpu_item *item;
    unsigned count;
} writer;

static void add(writer *w, uint64_t number) { w->item->numbers[w->count++] = (int64_t)number; }

static void add_op(writer *w, const lpu_tensor_op *op)
{
    add(w, op->pc);
    add(w, op->slot);
}

static void set_data(lpu_item *item, const void *data, size_t size)
{
    item->data = data;
    item->size = size;
}

/* Of byte k of a value. */
static void add_maker(writer *w, const lpu_tensor *t, const lpu_value *value, unsigned k)
{
    const lpu_tensor_op *op = &t->ops[value->op];
    add(w, value->issued);
    add(w, op->unit);
    add_op(w, op);
    add(w, value->element);
    add(w, value->width);
    add(w, k);
}

static bool get_value(lpu_machine *m, size_t place, lpu_item *item)
{
    lpu_tensor *t = m->tensor;
    writer w = {item, 0};
    unsigned stream = (unsigned)(place % LPU_V_REGISTERS), position = (unsigned)(place / LPU_V_REGISTERS);
    unsigned direction = direction_of(stream), diagonal = lpu_diagonal_left(t, direction, position);
    if (!(t->streams.occupied[direction][diagonal] >> stream % STREAMS & 1))
        return false;
    const lpu_value *value = &t->streams.values[t->streams.cells[direction][diagonal][stream % STREAMS]];
    add(&w, stream);
    add(&w, position);
    add_maker(&w, t, value, stream - value->stream);
    add(&w, t->streams.sampled[direction][diagonal] >> stream % STREAMS & 1);
    set_data(item, lpu_buffer_plane(t, value->buffer, stream - value->stream), t->lanes);
    return true;
}

/* Of the values ever used those are on their way that have not landed; the others are in cells, or free. */
static bool get_result(lpu_machine *m, size_t place, lpu_item *item)
{
    lpu_tensor *t = m->tensor;
    const lpu_value *value = &t->streams.values[place / MAX_GROUP + 1];
    unsigned k = place % MAX_GROUP;
    uint64_t landing = value->issued + t->ops[value->op].latency;
    writer w = {item, 0};
    if (landing < t->now || !(value->carried >> k & 1))
        return false;
    add(&w, landing);
    add(&w, value->stream + k);
    add(&w, value->position);
    add_maker(&w, t, value, k);
    set_data(item, lpu_buffer_plane(t, value->buffer, k), t->lanes);
    return true;
}

static void set_planes(lpu_tensor *t, const lpu_vector *v, lpu_item *item)
{
    for (unsigned k = 0; k < v->width; k++)
        memcpy(t->item_data + k * t->lanes, lpu_buffer_plane(t, v->buffer, k), t->lanes);
    set_data(item, t->item_data, v->width * t->lanes);
}

static bool get_vector(lpu_machine *m, size_t place, lpu_item *item)
{
    const lpu_vector *v = &m->tensor->vectors[place];
    writer w = {item, 0};
    if (!v->width)
        return false;
    add(&w, place);
    add(&w, v->width);
    set_planes(m->tensor, v, item);
    return true;
}

static bool get_vector_write(lpu_machine *m, size_t place, lpu_item *item)
{
    lpu_tensor *t = m->tensor;
    const lpu_vector *v = &t->vector_writes[place / V_COUNT][place % V_COUNT];
    writer w = {item, 0};
    if (!v->width)
        return false;
    const lpu_tensor_op *op = &t->ops[v->op];
    add(&w, v->issued + op->latency);
    add(&w, place % V_COUNT);
    add(&w, v->issued);
    add_op(&w, op);
    add(&w, v->element);
    add(&w, v->width);
    set_planes(t, v, item);
    return true;
}

static bool get_plane(lpu_machine *m, size_t place, lpu_item *item)
{
    lpu_tensor *t = m->tensor;
    unsigned plane = (unsigned)place / 2;
    bool installed = place % 2;
    int type = matrix_type(t->matrix, plane, installed);
    writer w = {item, 0};
    if (type == NO_WEIGHTS)
        return false;
    add(&w, plane);
    add(&w, installed);
    add(&w, (uint64_t)type);
    set_data(item, matrix_get_plane(t->matrix, plane, installed), matrix_plane_bytes(t->matrix));
    return true;
}

static bool get_exit(lpu_machine *m, size_t place, lpu_item *item)
{
    lpu_tensor *t = m->tensor;
    unsigned plane = (unsigned)place / LANDINGS;
    matrix_maker maker;
    bool floats;
    writer w = {item, 0};
    if (place % LANDINGS >= matrix_exits(t->matrix, plane))
        return false;
    const uint32_t *words = matrix_get_exit(t->matrix, plane, place % LANDINGS, &maker, &floats);
    add(&w, plane);
    add(&w, maker.issued + MATRIX_LATENCY);
    add(&w, maker.issued);
    add(&w, maker.pc);
    add(&w, maker.slot);
    add(&w, maker.element);
    add(&w, floats);
    set_data(item, words, t->lanes * WORD_BYTES_A_LANE);
    return true;
}

static bool get_accumulator(lpu_machine *m, size_t place, lpu_item *item)
{
    const lpu_tensor *t = m->tensor;
    unsigned plane = (unsigned)place / MATRIX_ROWS;
    writer w = {item, 0};
    if (!matrix_row_is_set(t->matrix, plane, place % MATRIX_ROWS))
        return false;
    add(&w, plane);
    add(&w, place % MATRIX_ROWS);
    set_data(item, matrix_row(t->matrix, plane, place % MATRIX_ROWS), t->lanes * WORD_BYTES_A_LANE);
    return true;
}

static bool get_map(lpu_machine *m, size_t place, lpu_item *item)
{
    const lpu_tensor *t = m->tensor;
    unsigned hemi = (unsigned)place / SWITCH_MAPS, number = (unsigned)place % SWITCH_MAPS;
    writer w = {item, 0};
    if (!switch_is_loaded(t->maps, hemi, number))
        return false;
    add(&w, hemi);
    add(&w, number);
    set_data(item, switch_map(t->maps, hemi, number), t->lanes * MAP_BYTES);
    return true;
}

static bool get_burst(lpu_machine *m, size_t place, lpu_item *item)
{
    lpu_tensor *t = m->tensor;
    const lpu_burst *burst = &t->bursts[place];
    const lpu_tensor_op *op = &t->ops[burst->op];
    writer w = {item, 0};
    if (lpu_burst_end(op, burst->started) <= t->now)
        return false;
    add_op(&w, op);
    add(&w, burst->started);
    set_data(item, burst->registers, op->register_count * sizeof *burst->registers);
    return true;
}

static bool get_lost(lpu_machine *m, size_t place, lpu_item *item)
{
    const lpu_tensor *t = m->tensor;
    const lpu_tensor_op *op = &t->ops[place / MAX_TAKEN];
    unsigned k = place % MAX_TAKEN;
    writer w = {item, 0};
    if (k >= lpu_loss_counts(op) || !t->losses[op->losses + k])
        return false;
    add_op(&w, op);
    add(&w, lpu_writes_streams(op) ? (uint64_t)op->target.number + k : (uint64_t)LPU_NOWHERE);
    add(&w, t->losses[op->losses + k]);
    set_data(item, NULL, 0);
    return true;
}

/* Where the tensor face is empty there is no need to look for what it has none of. */
static size_t places_of(const lpu_tensor *t, int64_t kind)
{
    bool has_values = t->streams.fresh != t->streams.free_count;
    const size_t places[ITEM_KINDS] = {
        [ITEM_VALUE] = has_values ? (size_t)t->positions * LPU_V_REGISTERS : 0,
        [ITEM_RESULT] = has_values ? (size_t)t->streams.fresh * MAX_GROUP : 0, [ITEM_VECTOR] = V_COUNT,
        [ITEM_VECTOR_WRITE] = t->vectors_pending ? LANDINGS * V_COUNT : 0, [ITEM_PLANE] = 2 * MATRIX_PLANES,
        [ITEM_EXIT] = MATRIX_PLANES * LANDINGS, [ITEM_ACCUMULATOR] = MATRIX_PLANES * MATRIX_ROWS,
        [ITEM_MAP] = 2 * SWITCH_MAPS, [ITEM_BURST] = t->burst_count, [ITEM_LOST] = (size_t)t->op_count * MAX_TAKEN,
    };
    return places[kind];
}

/* The first accumulator row that was set, from one on; of many most never are. */
static size_t next_row(const lpu_tensor *t, size_t place)
{
    size_t plane = place / MATRIX_ROWS, row = place % MATRIX_ROWS;
    for (; plane < MATRIX_PLANES; plane++, row = 0)
        if ((row = matrix_next_row(t->matrix, (unsigned)plane, row)) < MATRIX_ROWS)
            break;
    return plane * MATRIX_ROWS + row;
}

/* The place of a count of losses: the last op that begins its own there or before. */
static size_t place_of_loss(const lpu_tensor *t, size_t loss)
{
    size_t low = 0, high = t->op_count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        *(t->ops[middle].losses <= loss ? &low : &high) = middle;
    }
    return low * MAX_TAKEN + loss - t->ops[low].losses;
}

/* The first place from one on whose losses were counted. */
static size_t next_lost(const lpu_tensor *t, size_t place)
{
    const lpu_tensor_op *op = &t->ops[place / MAX_TAKEN];
    size_t of_op = lpu_loss_counts(op), k = place % MAX_TAKEN, loss = op->losses + (k < of_op ? k : of_op);
    while (loss < t->loss_count && !t->losses[loss])
        loss++;
    return loss < t->loss_count ? place_of_loss(t, loss) : (size_t)t->op_count * MAX_TAKEN;
}

static bool (*const get[ITEM_KINDS])(lpu_machine *m, size_t place, lpu_item *item) = {
    [ITEM_VALUE] = get_value, [ITEM_RESULT] = get_result, [ITEM_VECTOR] = get_vector,
    [ITEM_VECTOR_WRITE] = get_vector_write, [ITEM_PLANE] = get_plane, [ITEM_EXIT] = get_exit,
    [ITEM_ACCUMULATOR] = get_accumulator, [ITEM_MAP] = get_map, [ITEM_BURST] = get_burst, [ITEM_LOST] = get_lost,
};

void lpu_items_begin(lpu_machine *m)
{
    lpu_settle_tensor(m, m->cycle);
    m->tensor->item_kind = ITEM_VALUE;
    m->tensor->item_place = 0;
}

static size_t next_place(const lpu_tensor *t, int64_t kind, size_t place)
{
    return kind == ITEM_ACCUMULATOR ? next_row(t, place) : kind == ITEM_LOST ? next_lost(t, place) : place;
}

/* An item of the kind that is looked at, from the place on that is looked at. */
static bool next_of_kind(lpu_machine *m, lpu_item *item)
{
    lpu_tensor *t = m->tensor;
    int64_t kind = item->kind = t->item_kind;
    size_t place = t->item_place, places = places_of(t, kind);
    bool found = false;
    while (!found && place < places && (place = next_place(t, kind, place)) < places)
        found = get[kind](m, place++, item);
    t->item_place = place;
    return found;
}

int lpu_items_next(lpu_machine *m, lpu_item *item)
{
    lpu_tensor *t = m->tensor;
    for (; t->item_kind < ITEM_KINDS; t->item_kind++, t->item_place = 0)
        if (next_of_kind(m, item))
            return 1;
    return 0;
}
