/* A strip in one piece of the arena, where the plans are that it is made of. */
#include <stdlib.h>
#include <string.h>
#include "region.h"
#include "strip_make.h"

static bool is_computed(const strip_maker *maker, uint32_t i)
{
    return maker->is_needed[i] && is_step(&maker->values[i]) && !maker->values[i].is_constant;
}

static bool is_growing(const strip_maker *maker, uint32_t i)
{
    return maker->is_needed[i] && !maker->values[i].knows_step;
}

/* Whether a strip begins with a copy of a register in a value's base; in front of its lanes. */
static bool is_read(const strip_maker *maker, uint32_t i)
{
    const strip_value *value = &maker->values[i];
    return maker->is_needed[i] && !value->is_constant && !is_step(value);
}

static bool is_late_copy(const strip_maker *maker, uint32_t i)
{
    const strip_value *value = &maker->values[i];
    return value->in_lanes && value->kind == STRIP_PHI && !value->is_linear;
}

static strip_line line_of(strip_value *values, uint32_t i)
{
    strip_value *v = &values[i];
    const uint32_t *a = &values[v->sources[0]].base, *b = &values[v->sources[1]].base;
    return (strip_line){&v->base, a, b, &values[v->sources[2]].base, v->kind, v->k};
}

static strip_copy copy_of(strip_value *value)
{
    return (strip_copy){value->is_linear ? &value->base : value->lanes, value->place};
}

static bool is_in_lanes(const strip_maker *maker, const strip_result *result)
{
    const strip_value *value = &maker->values[result->value];
    return value->in_lanes && !value->is_linear;
}

static void take_tables(lpu_strip *strip, strip_room *room, const strip_maker *maker)
{
    uint32_t values = maker->value_count, accesses = maker->access_count, results = maker->result_count;
    const strip_result *all = maker->results;
    strip_value *of = strip->values;
    TAKE_TABLE(strip->copies, strip->copy_count, values, is_read(maker, i) || is_late_copy(maker, i), copy_of(&of[i]));
    TAKE_TABLE(strip->lines, strip->line_count, values, is_computed(maker, i), line_of(of, i));
    TAKE_TABLE(strip->growing, strip->growing_count, values, is_growing(maker, i), &of[i]);
    TAKE_TABLE(strip->lones, strip->lone_count, values, maker->is_lone[i], &of[i]);
    TAKE_TABLE(strip->stores, strip->store_count, accesses, maker->accesses[i].is_store, &strip->accesses[i]);
    TAKE_TABLE(strip->lanes_out, strip->lane_count, results, is_in_lanes(maker, &all[i]),
               (strip_copy){all[i].place, of[all[i].value].lanes});
    TAKE_TABLE(strip->results, strip->result_count, results, !is_in_lanes(maker, &all[i]), all[i]);
}

/* Columns of values that need lanes; a phi has those of the value it is in the next round, a round later. */
static void take_columns(strip_room *room, const strip_maker *maker, strip_value *values)
{
    for (uint32_t i = 0; i < maker->value_count; i++) {
        const strip_value *value = &maker->values[i];
        if (!value->in_lanes || is_late_copy(maker, i))
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
        if (values && is_late_copy(maker, i))
            values[i].lanes = values[values[i].last].lanes - 1;
}

/* The drafts as ops, and one that ends them. */
static strip_op *take_ops(const lpu_strip *strip, strip_room *room, const strip_maker *maker)
{
    strip_op *ops = take(room, (maker->draft_count + 1) * sizeof *ops);
    for (uint32_t i = 0; ops && i < maker->draft_count; i++) {
        const strip_draft *draft = &maker->drafts[i];
        bool has_access = draft->kind == STRIP_LOAD || draft->kind == STRIP_STORE || draft->kind == STRIP_BANKS
                          || draft->kind == STRIP_TEST_STORE;
        ops[i] = (strip_op){.kind = draft->kind, .k = draft->k, .value = draft->value, .count = draft->count};
        ops[i].d = strip->values[draft->value].lanes;
        ops[i].a = strip->values[draft->sources[0]].lanes;
        ops[i].b = strip->values[draft->sources[1]].lanes;
        ops[i].c = strip->values[draft->sources[2]].lanes;
        ops[i].access = has_access ? &strip->accesses[draft->value] : NULL;
    }
    if (ops)
        ops[maker->draft_count].kind = STRIP_KINDS;
    return ops;
}

static strip_access *take_accesses(strip_room *room, const strip_maker *maker, strip_value *values)
{
    strip_access *accesses = take_copy(room, maker->accesses, maker->access_count * sizeof *accesses);
    for (uint32_t i = 0; accesses && i < maker->access_count; i++) {
        accesses[i].at = &values[accesses[i].address];
        accesses[i].lanes = values[accesses[i].value].lanes;
        accesses[i].with = &accesses[accesses[i].partner];
    }
    return accesses;
}

lpu_strip *lpu_laid_out(lpu_machine *m, lpu_layout lay_out, const void *maker)
{
    lpu_strip counted = {0}, *strip;
    strip_room room = {0};
    take(&room, sizeof *strip);
    lay_out(&counted, &room, maker);
    room = (strip_room){lpu_arena_room(m, room.used), 0};
    strip = room.place ? take(&room, sizeof *strip) : NULL;
    if (!strip)
        return NULL;
    memset(strip, 0, sizeof *strip);
    lay_out(strip, &room, maker);
    lpu_time_strip(strip);
    return strip;
}

void lpu_lay_out_path(lpu_strip *strip, strip_room *room, const strip_path *path)
{
    const strip_turn *last = &path->turns[path->count - 1];
    strip->turn_count = path->count, strip->part_count = path->part_count;
    strip->turns = take_copy(room, path->turns, path->count * sizeof *strip->turns);
    strip->parts = take_copy(room, path->parts, path->part_count * sizeof *strip->parts);
    strip->pass_count = path->pass_count;
    strip->passes = take_copy(room, path->passes, path->pass_count * sizeof *strip->passes);
    for (uint32_t i = 0; i < path->count; i++)
        strip->has_guards |= first_kind(path->turns[i].node) == KIND_GUARD;
    strip->last = last->node;
    strip->end = lpu_end_kind(last->node);
    strip->ends_taken = last->jumps;
    strip->lanes = STRIP_LANES;
}

static void lay_out(lpu_strip *strip, strip_room *room, const void *what)
{
    const strip_maker *maker = what;
    strip->op_count = maker->draft_count, strip->sum_first = maker->sum_first;
    strip->access_count = maker->access_count;
    lpu_lay_out_path(strip, room, &maker->path);
    strip->values = take_copy(room, maker->values, maker->value_count * sizeof *strip->values);
    take_columns(room, maker, strip->values);
    strip->accesses = take_accesses(room, maker, strip->values);
    strip->ops = take_ops(strip, room, maker);
    take_tables(strip, room, maker);
}

/* What values grow by that is known for ever; those of phis are known by what a round makes of them. */
static void know_growth(lpu_strip *strip, const strip_maker *maker)
{
    lpu_begin_strip(strip);
    for (uint32_t i = 0; i < maker->value_count; i++)
        if (maker->is_needed[i])
            lpu_find_growth(strip->values, &strip->values[i]);
}

static lpu_strip *finished(const strip_maker *maker)
{
    lpu_strip *strip = lpu_laid_out(maker->m, lay_out, maker);
    if (strip)
        know_growth(strip, maker);
    return strip;
}

static lpu_strip *made_strip(lpu_machine *m, lpu_node *head)
{
    strip_maker maker = {.m = m};
    if (!lpu_find_loop(head, &maker.path))
        return lpu_make_nest(m, head);
    if (!lpu_find_passes(m, &maker.path))
        return NULL;
    lpu_strip_collect(&maker);
    if (!maker.failed)
        lpu_strip_find_linear(&maker);
    if (!maker.failed)
        lpu_strip_order(&maker);
    return maker.failed ? NULL : finished(&maker);
}

static void enter(lpu_strip *strip, lpu_node *node, uint32_t lead)
{
    node->strip = strip;
    node->lead = lead;
    node->steps->kind = KIND_STRIP;
}

/* The same bundle with other writes in flight, which land in the first rounds. */
static void enter_elsewhere(lpu_machine *m, lpu_strip *strip)
{
    const lpu_node *head = strip->turns->node;
    for (uint32_t i = 0; i < BUCKETS; i++)
        for (lpu_node *node = m->buckets[i]; node; node = node->chain) {
            bool is_other = node->pc == head->pc && node != head && !node->region && node->steps->kind != KIND_STRIP;
            uint32_t lead = is_other ? lpu_rounds_to_head(strip, node) : 0;
            if (lead)
                enter(strip, node, lead);
        }
}

void lpu_try_strip(lpu_machine *m, lpu_node *last)
{
    lpu_node *head = last->taken;
    bool is_free = head && !head->region && head->steps->kind != KIND_STRIP;
    if (m->without_strips || !is_free || (head->strip && head->strip->turns->node != head))
        return;
    lpu_strip *strip = head->strip ? head->strip : made_strip(m, head);
    if (!strip)
        return;
    strip->misses = 0;
    strip->first_kind = head->steps->kind;
    enter(strip, head, 0);
    if (!strip->is_nest)
        enter_elsewhere(m, strip);
}
