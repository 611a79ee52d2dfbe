/* A strip in one piece of the arena, where the plans are that it is made of. */
#include <stdlib.h>
#include <string.h>
#include "region.h"
#include "strip_make.h"

/* Room, laid out one after the other: the first pass, without a place, counts bytes. */
typedef struct {
    uint8_t *place;
    size_t used;
} strip_room;

static void *take(strip_room *room, size_t bytes)
{
    void *place = room->place ? room->place + room->used : NULL;
    room->used += (bytes + 63) / 64 * 64;
    return place;
}

/* Numbers of the values of which something holds, in order. */
typedef bool strip_wish(const strip_maker *maker, uint32_t number);

static bool is_linear_step(const strip_maker *maker, uint32_t i)
{
    const strip_value *value = &maker->values[i];
    return maker->is_needed[i] && is_step(value) && !value->is_constant;
}

static bool is_linear_phi(const strip_maker *maker, uint32_t i)
{
    return maker->is_needed[i] && maker->values[i].kind == STRIP_PHI;
}

static bool is_leaf(const strip_maker *maker, uint32_t i)
{
    return maker->is_needed[i] && maker->values[i].kind == STRIP_LEAF && !maker->values[i].is_constant;
}

static bool is_initial(const strip_maker *maker, uint32_t i)
{
    const strip_value *value = &maker->values[i];
    return value->in_lanes && value->kind == STRIP_PHI && !value->is_linear;
}

static bool is_store(const strip_maker *maker, uint32_t i)
{
    return i < maker->access_count && maker->accesses[i].is_store;
}

static bool is_lone(const strip_maker *maker, uint32_t i) { return maker->is_lone[i]; }

static uint16_t *take_numbers(strip_room *room, const strip_maker *maker, strip_wish *wish, uint32_t *count)
{
    uint16_t *numbers = take(room, maker->value_count * sizeof *numbers);
    for (uint32_t i = *count = 0; i < maker->value_count; i++)
        if (wish(maker, i) && (*count)++ < MOST_VALUES && numbers)
            numbers[*count - 1] = (uint16_t)i;
    return numbers;
}

/* Columns of values that need lanes; a phi has those of the value it is in the next round, a round later. */
static void take_columns(strip_room *room, const strip_maker *maker, strip_value *values)
{
    for (uint32_t i = 0; i < maker->value_count; i++) {
        const strip_value *value = &maker->values[i];
        if (!value->in_lanes || is_initial(maker, i))
            continue;
        uint32_t *column = take(room, COLUMN_WORDS * sizeof *column);
        if (!column)
            continue;
        values[i].lanes = column + STRIP_BLOCK;
        memset(column, 0, COLUMN_WORDS * sizeof *column);
        if (value->is_constant)
            lpu_strip_ramp(values[i].lanes, value->base, 0, STRIP_LANES);
    }
    for (uint32_t i = 0; i < maker->value_count; i++)
        if (values && is_initial(maker, i))
            values[i].lanes = values[values[i].last].lanes - 1;
}

static void *take_copy(strip_room *room, const void *from, size_t bytes)
{
    void *place = take(room, bytes);
    return place ? memcpy(place, from, bytes) : NULL;
}

static const uint32_t *source_lanes(const strip_value *values, const strip_draft *draft, uint32_t i)
{
    return values[draft->sources[i]].lanes;
}

static strip_op made_op(const strip_value *values, const strip_draft *draft)
{
    return (strip_op){
        .kind = draft->kind, .k = draft->k, .value = draft->value, .count = draft->count, .d = values[draft->value].lanes,
        .a = source_lanes(values, draft, 0), .b = source_lanes(values, draft, 1), .c = source_lanes(values, draft, 2),
    };
}

static strip_op *take_ops(strip_room *room, const strip_maker *maker, const strip_value *values)
{
    strip_op *ops = take(room, (maker->draft_count + 1) * sizeof *ops);
    for (uint32_t i = 0; ops && i < maker->draft_count; i++)
        ops[i] = made_op(values, &maker->drafts[i]);
    if (ops)
        ops[maker->draft_count].kind = STRIP_KINDS;
    return ops;
}

/* Cycles to the next fetch: those of a jump, where it is one and no going round. */
static uint64_t turn_cost(const strip_turn *turn)
{
    return turn->taken && lpu_end_kind(turn->node) != KIND_LOOP_END ? turn->node->taken_cost : turn->node->cost;
}

/* Cycles, and where jumps are. */
static void note_turns(lpu_strip *strip, const strip_path *path)
{
    strip->turn_count = strip->jump = path->count;
    for (uint32_t i = 0; i < path->count; i++) {
        const strip_turn *turn = &path->turns[i];
        bool jumps = turn->taken && i + 1 < path->count;
        strip->jump = jumps ? i : strip->jump;
        strip->jump_offset = jumps ? strip->cost : strip->jump_offset;
        strip->last_offset = strip->cost;
        strip->cost += (uint32_t)turn_cost(turn);
    }
    const strip_turn *last = &path->turns[path->count - 1];
    strip->last = last->node;
    strip->end = lpu_end_kind(last->node);
    strip->ends_taken = last->taken && strip->end != KIND_LOOP_END;
}

static void lay_out(lpu_strip *strip, strip_room *room, const strip_maker *maker)
{
    strip->value_count = maker->value_count, strip->op_count = maker->draft_count, strip->sum_first = maker->sum_first;
    strip->access_count = maker->access_count, strip->result_count = maker->result_count;
    strip->turns = take_copy(room, maker->path.turns, maker->path.count * sizeof *strip->turns);
    strip->values = take_copy(room, maker->values, maker->value_count * sizeof *strip->values);
    strip->accesses = take_copy(room, maker->accesses, maker->access_count * sizeof *strip->accesses);
    strip->results = take_copy(room, maker->results, maker->result_count * sizeof *strip->results);
    strip->linear = take_numbers(room, maker, is_linear_step, &strip->linear_count);
    strip->phis = take_numbers(room, maker, is_linear_phi, &strip->phi_count);
    strip->leaves = take_numbers(room, maker, is_leaf, &strip->leaf_count);
    strip->initials = take_numbers(room, maker, is_initial, &strip->initial_count);
    strip->lones = take_numbers(room, maker, is_lone, &strip->lone_count);
    strip->stores = take_numbers(room, maker, is_store, &strip->store_count);
    take_columns(room, maker, strip->values);
    strip->ops = take_ops(room, maker, strip->values);
}

/* A strip of what was collected; NULL when the arena is full. */
static lpu_strip *finished(strip_maker *maker)
{
    lpu_strip counted = {0}, *strip;
    strip_room room = {0};
    take(&room, sizeof *strip);
    lay_out(&counted, &room, maker);
    room = (strip_room){lpu_arena_room(maker->m, room.used), 0};
    strip = room.place ? take(&room, sizeof *strip) : NULL;
    if (!strip)
        return NULL;
    memset(strip, 0, sizeof *strip);
    lay_out(strip, &room, maker);
    note_turns(strip, &maker->path);
    strip->lanes = STRIP_LANES;
    return strip;
}

static lpu_strip *made_strip(lpu_machine *m, lpu_node *head)
{
    strip_maker maker = {.m = m};
    if (!lpu_find_loop(head, &maker.path))
        return NULL;
    lpu_strip_collect(&maker);
    if (!maker.failed)
        lpu_strip_find_linear(&maker);
    if (!maker.failed)
        lpu_strip_order(&maker);
    return maker.failed ? NULL : finished(&maker);
}

void lpu_try_strip(lpu_machine *m, lpu_node *last)
{
    lpu_node *head = last->taken;
    if (m->without_strips || !head || head->region || head->steps->kind == KIND_STRIP)
        return;
    head->strip = head->strip ? head->strip : made_strip(m, head);
    if (!head->strip)
        return;
    head->strip->misses = 0;
    head->strip->first_kind = head->steps->kind;
    head->steps->kind = KIND_STRIP;
}
