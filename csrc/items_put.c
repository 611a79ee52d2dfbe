/* Items taken into the state of the tensor face, each number checked. What is put is what a run of this program could
 * have left, as far as safety and the meaning of later faults depend on it. */
#include <string.h>
#include "bursts.h"
#include "items.h"
#include "lanes.h"
#include "predecode.h"
#include "units.h"

static bool is_below(int64_t number, uint64_t limit) { return number >= 0 && (uint64_t)number < limit; }

/* The op that an item names, if it has an element of that number that issued before now; else NULL. */
static const lpu_tensor_op *maker_op(const lpu_tensor *t, int64_t pc, int64_t slot, int64_t issued, int64_t element)
{
    const lpu_tensor_op *op = lpu_op_at(t, (uint64_t)pc, (uint64_t)slot);
    return op && is_below(issued, t->now) && is_below(element, (uint64_t)op->n * op->m) ? op : NULL;
}

/* Streams ---------------------------------------------------------------------------------------------------------- */
/* The numbers that a value and a result share, from the stream on: of those the position is checked by the caller. The
 * value carries that stream alone. */
static bool fill_value(const lpu_tensor *t, const int64_t *n, lpu_value *value)
{
    const lpu_tensor_op *op = maker_op(t, n[VALUE_PC], n[VALUE_SLOT], n[VALUE_ISSUED], n[VALUE_ELEMENT]);
    if (!op || !lpu_writes_streams(op) || op->unit != n[VALUE_UNIT] || op->target.width != n[VALUE_WIDTH])
        return false;
    int64_t k = n[VALUE_STREAM] - op->target.number;
    if (!is_below(k, (uint64_t)op->target.width * op->target.groups) || k % op->target.width != n[VALUE_BYTE])
        return false;
    *value = (lpu_value){.issued = (uint64_t)n[VALUE_ISSUED], .op = (uint32_t)(op - t->ops)};
    value->element = (uint32_t)n[VALUE_ELEMENT];
    value->stream = (uint8_t)(n[VALUE_STREAM] - n[VALUE_BYTE]), value->position = (uint8_t)n[VALUE_POSITION];
    value->width = op->target.width, value->carried = (uint8_t)(1u << n[VALUE_BYTE]);
    return true;
}

static uint64_t landing_of(const lpu_tensor *t, const lpu_value *value)
{
    return value->issued + t->ops[value->op].latency;
}

static uint32_t keep_value(lpu_tensor *t, const lpu_value *value, unsigned byte, const lpu_item *item)
{
    uint32_t number = lpu_take_value(t), buffer = lpu_take_buffer(t, value->width, AS_PLANES);
    t->streams.values[number] = *value;
    t->streams.values[number].buffer = buffer;
    memcpy(plane_of(t, buffer, byte), item->data, item->size);
    return number;
}

static bool put_value(lpu_machine *m, const lpu_item *item)
{
    lpu_tensor *t = m->tensor;
    lpu_value value;
    const int64_t *n = item->numbers;
    if (!fill_value(t, n, &value) || !is_below(n[VALUE_POSITION], t->positions) || !is_below(n[VALUE_SAMPLED], 2))
        return false;
    unsigned direction = direction_of(value.stream), stream = (unsigned)n[VALUE_STREAM] % STREAMS;
    unsigned diagonal = lpu_diagonal_left(t, direction, value.position);
    if (t->streams.occupied[direction][diagonal] >> stream & 1 || landing_of(t, &value) >= t->now)
        return false;
    value.held = value.carried;
    t->streams.cells[direction][diagonal][stream] = keep_value(t, &value, (unsigned)n[VALUE_BYTE], item);
    t->streams.occupied[direction][diagonal] |= 1u << stream;
    t->streams.sampled[direction][diagonal] |= (uint32_t)n[VALUE_SAMPLED] << stream;
    return true;
}

static bool put_result(lpu_machine *m, const lpu_item *item)
{
    lpu_tensor *t = m->tensor;
    lpu_value value;
    const int64_t *n = item->numbers;
    if (!fill_value(t, n + RESULT_STREAM, &value) || n[RESULT_POSITION] != t->ops[value.op].position)
        return false;
    uint64_t landing = landing_of(t, &value), *claimed = &t->streams.claimed[landing % LANDINGS][value.position];
    if (landing < t->now || (uint64_t)n[RESULT_LANDING] != landing || *claimed >> n[RESULT_STREAM] & 1)
        return false;
    *claimed |= 1ull << n[RESULT_STREAM];
    lpu_put_pending(t, keep_value(t, &value, (unsigned)n[RESULT_BYTE], item), landing);
    return true;
}

/* v registers ------------------------------------------------------------------------------------------------------ */
static void take_planes(lpu_tensor *t, lpu_vector *v, unsigned width, const lpu_item *item)
{
    v->buffer = lpu_take_buffer(t, width, AS_PLANES);
    for (unsigned k = 0; k < width; k++)
        memcpy(plane_of(t, v->buffer, k), item->data + k * t->lanes, t->lanes);
    v->width = (uint8_t)width;
}

static bool is_width(int64_t width) { return width == 1 || width == 2 || width == 4; }

static bool put_vector(lpu_machine *m, const lpu_item *item)
{
    const int64_t *n = item->numbers;
    if (!is_below(n[VECTOR_REGISTER], m->parameters.vxm_alus) || !is_width(n[VECTOR_WIDTH]))
        return false;
    lpu_vector *v = &m->tensor->vectors[n[VECTOR_REGISTER]];
    if (v->width || item->size != (size_t)n[VECTOR_WIDTH] * m->tensor->lanes)
        return false;
    take_planes(m->tensor, v, (unsigned)n[VECTOR_WIDTH], item);
    return true;
}

static bool put_vector_write(lpu_machine *m, const lpu_item *item)
{
    lpu_tensor *t = m->tensor;
    const int64_t *n = item->numbers;
    const lpu_tensor_op *op = maker_op(t, n[WRITE_PC], n[WRITE_SLOT], n[WRITE_ISSUED], n[WRITE_ELEMENT]);
    if (!op || !op->target.groups || op->target.number != LPU_V_REGISTERS + n[WRITE_REGISTER])
        return false;
    uint64_t landing = (uint64_t)n[WRITE_ISSUED] + op->latency;
    lpu_vector *v = &t->vector_writes[landing % LANDINGS][n[WRITE_REGISTER]];
    bool in_time = landing > t->now && (uint64_t)n[WRITE_LANDING] == landing;
    if (!in_time || v->width || n[WRITE_WIDTH] != op->target.width || item->size != op->target.width * t->lanes)
        return false;
    v->issued = (uint64_t)n[WRITE_ISSUED], v->op = (uint32_t)(op - t->ops), v->element = (uint32_t)n[WRITE_ELEMENT];
    take_planes(t, v, op->target.width, item);
    t->vectors_landing[landing % LANDINGS] |= 1u << n[WRITE_REGISTER];
    t->vectors_pending++;
    return true;
}

/* Planes ----------------------------------------------------------------------------------------------------------- */
static bool has_plane(const lpu_machine *m, int64_t plane)
{
    return is_below(plane, MATRIX_PLANES) && plane % 2 < m->parameters.mxm_planes / 2;
}

static bool put_plane(lpu_machine *m, const lpu_item *item)
{
    const int64_t *n = item->numbers;
    lpu_matrix *matrix = m->tensor->matrix;
    if (!has_plane(m, n[PLANE_PLANE]) || !is_below(n[PLANE_INSTALLED], 2) || item->size != matrix_plane_bytes(matrix))
        return false;
    unsigned plane = (unsigned)n[PLANE_PLANE];
    bool installed = n[PLANE_INSTALLED], is_free = matrix_type(matrix, plane, installed) == NO_WEIGHTS;
    return is_free && is_below(n[PLANE_TYPE], sizeof lpu_type_bits)
           && matrix_set_plane(matrix, plane, installed, (int)n[PLANE_TYPE], item->data);
}

static bool put_exit(lpu_machine *m, const lpu_item *item)
{
    lpu_tensor *t = m->tensor;
    const int64_t *n = item->numbers;
    const lpu_tensor_op *op = maker_op(t, n[EXIT_PC], n[EXIT_SLOT], n[EXIT_ISSUED], n[EXIT_ELEMENT]);
    if (!op || op->row->unit_class != LPU_CLASS_ABC || op->plane != n[EXIT_PLANE])
        return false;
    bool floats = lpu_type_bits[op->row->type] == 16, is_right = n[EXIT_FLOATS] == floats;
    matrix_maker maker = {(uint64_t)n[EXIT_ISSUED], op->pc, op->slot, (uint32_t)n[EXIT_ELEMENT]};
    return is_right && (uint64_t)n[EXIT_LANDING] == maker.issued + MATRIX_LATENCY
           && item->size == t->lanes * WORD_BYTES_A_LANE
           && matrix_set_exit(t->matrix, op->plane, t->now, maker, floats, item->data);
}

static bool put_accumulator(lpu_machine *m, const lpu_item *item)
{
    const int64_t *n = item->numbers;
    lpu_matrix *matrix = m->tensor->matrix;
    size_t size = m->tensor->lanes * WORD_BYTES_A_LANE;
    if (!has_plane(m, n[ACCUMULATOR_PLANE]) || !is_below(n[ACCUMULATOR_ROW], MATRIX_ROWS) || item->size != size)
        return false;
    if (matrix_row_is_set(matrix, (unsigned)n[ACCUMULATOR_PLANE], (size_t)n[ACCUMULATOR_ROW]))
        return false;
    memcpy(m->tensor->scratch[0], item->data, size);
    matrix_set_row(matrix, (unsigned)n[ACCUMULATOR_PLANE], (size_t)n[ACCUMULATOR_ROW], m->tensor->scratch[0]);
    return true;
}

/* The others ------------------------------------------------------------------------------------------------------- */
static bool put_map(lpu_machine *m, const lpu_item *item)
{
    const int64_t *n = item->numbers;
    lpu_maps *maps = m->tensor->maps;
    bool exists = is_below(n[MAP_HEMI], 2) && is_below(n[MAP_NUMBER], SWITCH_MAPS);
    if (!exists || item->size != m->tensor->lanes * MAP_BYTES)
        return false;
    if (switch_is_loaded(maps, (unsigned)n[MAP_HEMI], (unsigned)n[MAP_NUMBER]))
        return false;
    switch_set(maps, (unsigned)n[MAP_HEMI], (unsigned)n[MAP_NUMBER], item->data);
    return true;
}

static bool has_free_units(const lpu_tensor *t, const lpu_tensor_op *op)
{
    for (unsigned i = 0; i < op->row->claims; i++)
        if (lpu_unit_is_held(t, op->unit + i * unit_step(op)))
            return false;
    return true;
}

static bool put_burst(lpu_machine *m, const lpu_item *item)
{
    lpu_tensor *t = m->tensor;
    const int64_t *n = item->numbers;
    const lpu_tensor_op *op = maker_op(t, n[BURST_PC], n[BURST_SLOT], n[BURST_STARTED], 0);
    if (!op || op->position == NOWHERE || item->size != op->register_count * sizeof(uint32_t))
        return false;
    lpu_burst burst = {.started = (uint64_t)n[BURST_STARTED], .op = (uint32_t)(op - t->ops)};
    if (lpu_burst_end(op, burst.started) <= t->now || !has_free_units(t, op))
        return false;
    if (item->size)
        memcpy(burst.registers, item->data, item->size);
    lpu_find_element(op, &burst, t->now);
    lpu_insert_burst(t, &burst);
    lpu_find_due(t);
    return true;
}

static bool put_lost(lpu_machine *m, const lpu_item *item)
{
    lpu_tensor *t = m->tensor;
    const int64_t *n = item->numbers;
    const lpu_tensor_op *op = lpu_op_at(t, (uint64_t)n[LOST_PC], (uint64_t)n[LOST_SLOT]);
    if (!op || item->size)
        return false;
    int64_t k = n[LOST_STREAM] - (lpu_writes_streams(op) ? op->target.number : LPU_NOWHERE);
    if (!is_below(k, lpu_loss_counts(op)) || n[LOST_LOSSES] <= 0 || t->losses[op->losses + k])
        return false;
    t->losses[op->losses + k] = (uint64_t)n[LOST_LOSSES];
    return true;
}

static bool (*const put[ITEM_KINDS])(lpu_machine *m, const lpu_item *item) = {
    [ITEM_VALUE] = put_value, [ITEM_RESULT] = put_result, [ITEM_VECTOR] = put_vector,
    [ITEM_VECTOR_WRITE] = put_vector_write, [ITEM_PLANE] = put_plane, [ITEM_EXIT] = put_exit,
    [ITEM_ACCUMULATOR] = put_accumulator, [ITEM_MAP] = put_map, [ITEM_BURST] = put_burst, [ITEM_LOST] = put_lost,
};

int lpu_items_put(lpu_machine *m, const lpu_item *item)
{
    bool is_stream = item->kind == ITEM_VALUE || item->kind == ITEM_RESULT;
    if (!is_below(item->kind, ITEM_KINDS) || (is_stream && item->size != m->tensor->lanes))
        return -1;
    return put[item->kind](m, item) ? 0 : -1;
}

int lpu_items_end(lpu_machine *m) { return matrix_is_whole(m->tensor->matrix) ? 0 : -1; }
