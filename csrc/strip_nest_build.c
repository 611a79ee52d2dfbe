/* A nest in one piece of the arena. */
#include "strip_nest.h"

static bool is_access(uint32_t kind)
{
    return kind == NEST_LOAD || kind == NEST_LOAD_SAME || kind == NEST_STORE || kind == STRIP_BANKS
           || kind == STRIP_TEST_STORE;
}

/* Lanes, and in front of them what is known of even ones; by place. */
static void take_lanes(strip_room *room, const nest_maker *maker, uint32_t **lanes)
{
    for (uint32_t i = 0; i < maker->place_count; i++) {
        uint32_t *column = take(room, COLUMN_WORDS * sizeof *column);
        lanes[i] = column ? memset(column, 0, COLUMN_WORDS * sizeof *column), column + STRIP_BLOCK : NULL;
        if (column && maker->is_constant[i])
            lanes[i][LANES_BASE] = maker->numbers[i];
    }
}

static void take_accesses(lpu_strip *strip, strip_room *room, const nest_maker *maker, uint32_t **lanes)
{
    strip_access *accesses = take_copy(room, maker->accesses, maker->access_count * sizeof *accesses);
    strip_value *addresses = take(room, maker->access_count * sizeof *addresses);
    for (uint32_t i = 0; accesses && i < maker->access_count; i++) {
        addresses[i] = (strip_value){.is_linear = true};
        accesses[i].at = &addresses[i];
        accesses[i].lanes = lanes[accesses[i].value];
        accesses[i].with = &accesses[accesses[i].partner];
    }
    strip->accesses = accesses, strip->addresses = addresses;
    strip->access_count = maker->access_count;
    strip->reaches = take(room, maker->access_count * sizeof *strip->reaches);
}

static void take_ops(lpu_strip *strip, strip_room *room, const nest_maker *maker, uint32_t **lanes)
{
    strip_op *ops = strip->ops = take(room, maker->draft_count * sizeof *ops);
    for (uint32_t i = 0; ops && i < maker->draft_count; i++) {
        const nest_draft *draft = &maker->drafts[i];
        ops[i] = (strip_op){.kind = draft->kind, .k = draft->k, .value = draft->number};
        ops[i].d = lanes[draft->d];
        ops[i].a = lanes[draft->sources[0]];
        ops[i].b = lanes[draft->sources[1]];
        ops[i].c = lanes[draft->sources[2]];
        ops[i].access = is_access(draft->kind) ? &strip->accesses[draft->number] : NULL;
    }
    strip->op_count = strip->sum_first = maker->draft_count;
    strip->ahead = maker->ahead, strip->opening = maker->opening;
}

static bool is_register(uint32_t place) { return place >= FIRST_PLACE && place < FIRST_PLACE + STATE_REGISTERS; }

/* Whether a place begins with what a register holds. */
static bool is_entry(const nest_maker *maker, uint32_t place)
{
    return is_register(place) && maker->is_read[place] && maker->begins[place] != UNKNOWN;
}

static nest_entry entry_of(const nest_maker *maker, uint32_t *lanes, uint32_t place)
{
    return (nest_entry){lanes, &maker->m->registers[place - FIRST_PLACE], maker->steps[place]};
}

static bool ends_as(const nest_maker *maker, uint32_t place, bool in_lanes)
{
    return maker->homes[place] && (maker->now.classes[place] == LANES) == in_lanes;
}

static void take_tables(lpu_strip *strip, strip_room *room, const nest_maker *maker, uint32_t **lanes)
{
    uint32_t places = maker->place_count, accesses = maker->access_count;
    uint32_t *const *homes = maker->homes;
    TAKE_TABLE(strip->entries, strip->entry_count, places, is_entry(maker, i), entry_of(maker, lanes[i], i));
    TAKE_TABLE(strip->evens, strip->even_count, places, ends_as(maker, i, false), (strip_copy){homes[i], lanes[i]});
    TAKE_TABLE(strip->lanes_out, strip->lane_count, places, ends_as(maker, i, true), (strip_copy){homes[i], lanes[i]});
    TAKE_TABLE(strip->stores, strip->store_count, accesses, maker->accesses[i].is_store, &strip->accesses[i]);
}

static void lay_out(lpu_strip *strip, strip_room *room, const void *what)
{
    const nest_maker *maker = what;
    uint32_t *lanes[MOST_PLACES];
    strip->is_nest = true;
    lpu_lay_out_path(strip, room, &maker->path);
    take_lanes(room, maker, lanes);
    take_accesses(strip, room, maker, lanes);
    take_ops(strip, room, maker, lanes);
    take_tables(strip, room, maker, lanes);
}

lpu_strip *lpu_make_nest(lpu_machine *m, lpu_node *head)
{
    nest_maker maker = {.m = m};
    if (!lpu_find_nest(head, &maker.path) || !lpu_find_passes(m, &maker.path))
        return NULL;
    lpu_nest_find_even(&maker);
    if (!maker.failed)
        lpu_nest_make(&maker);
    return maker.failed ? NULL : lpu_laid_out(m, lay_out, &maker);
}
