/* Which places of a nest are written in a round, and which then hold what they held before and a constant more. */
#include "region.h"
#include "strip_nest.h"

const lpu_micro *lpu_nest_visit(nest_maker *maker, const lpu_node *node, nest_visit *visit)
{
    uint32_t end = lpu_end_kind(node), kind = first_kind(node);
    const lpu_micro *step = node->steps;
    for (; kind != end && !maker->failed; kind = (++step)->kind)
        if (kind == KIND_PAIR)
            step += 2; /* the accesses that follow are checked anyway */
        else if (kind == KIND_TEST_STORE)
            step++; /* stores are tested anyway */
        else if (kind == KIND_GUARD || kind == KIND_TEST_REGISTER || computes(kind) || loads(kind) || stores(kind) || kind == LPU_SEM_ASSERT || kind == KIND_LOOP_CHECK)
            visit(maker, step, kind);
        else if (kind != KIND_WATCH_ACCESS)
            maker->failed = true;
    return step;
}

/* Places --------------------------------------------------------------------------------------------------------- */
static uint16_t constant(nest_maker *maker, uint32_t number)
{
    uint16_t place = 0;
    while (place < maker->place_count && !(maker->is_constant[place] && maker->numbers[place] == number))
        place++;
    if (place < maker->place_count)
        return place;
    if (place == MOST_PLACES) {
        maker->failed = true;
        return ZERO;
    }
    maker->is_constant[place] = true;
    maker->numbers[place] = number;
    return (uint16_t)maker->place_count++;
}

uint16_t lpu_nest_source(nest_maker *maker, const uint32_t *from)
{
    const lpu_machine *m = maker->m;
    if (from >= m->registers && from < m->registers + STATE_REGISTERS)
        return (uint16_t)(FIRST_PLACE + (from - m->registers));
    if (from >= m->temps && from < m->temps + TEMPS)
        return (uint16_t)(FIRST_PLACE + STATE_REGISTERS + (from - m->temps));
    return constant(maker, *from);
}

strip_value lpu_nest_value(nest_maker *maker, const lpu_micro *step, uint32_t kind)
{
    strip_value value = {.kind = kind == KIND_LATE_MOV ? LPU_SEM_MOV : kind, .k = step->k};
    value.sources[0] = lpu_nest_source(maker, step->a);
    value.sources[1] = lpu_nest_source(maker, step->b);
    value.sources[2] = lpu_nest_source(maker, step->c);
    return value;
}

/* Growth --------------------------------------------------------------------------------------------------------- */
static bool writes(const nest_maker *maker, const lpu_micro *step) { return step->d != &maker->m->scrap; }

static void note_written(nest_maker *maker, const lpu_micro *step, uint32_t kind)
{
    (void)kind;
    if (writes(maker, step))
        maker->is_written[lpu_nest_source(maker, step->d)] = true;
}

/* What is written is not known to come from anywhere. */
static void forget(nest_maker *maker, const lpu_micro *step, uint32_t kind)
{
    (void)kind;
    if (writes(maker, step))
        maker->origins[lpu_nest_source(maker, step->d)] = (nest_origin){NO_VALUE, 0};
}

static nest_origin origin_of(nest_maker *maker, const lpu_micro *step, uint32_t kind)
{
    strip_value given = lpu_nest_value(maker, step, kind), value = lpu_strip_in_shape(&given);
    const uint16_t *from = value.sources;
    const bool *constant = maker->is_constant;
    const uint32_t *number = maker->numbers;
    if (value.kind == STRIP_ADDRESS && from[1] == ONE && constant[from[2]]) {
        nest_origin origin = maker->origins[from[0]];
        return (nest_origin){origin.from, origin.more + value.k + number[from[2]]};
    }
    if (value.kind == STRIP_ADDRESS && constant[from[0]] && constant[from[1]]) {
        nest_origin origin = maker->origins[from[2]];
        return (nest_origin){origin.from, origin.more + value.k + number[from[0]] * number[from[1]]};
    }
    return (nest_origin){NO_VALUE, 0};
}

static void follow(nest_maker *maker, const lpu_micro *step, uint32_t kind)
{
    if (computes(kind))
        maker->origins[lpu_nest_source(maker, step->d)] = origin_of(maker, step, kind);
    else
        forget(maker, step, kind);
}

static void visit_part(nest_maker *maker, const strip_part *part, nest_visit *visit)
{
    for (uint32_t i = part->first; i < part->end; i++)
        lpu_nest_visit(maker, maker->path.turns[i].node, visit);
}

/* Of a place that is written: whether it grows evenly; if not, nothing is known of it as a round begins. */
static void begin_place(nest_maker *maker, uint16_t place)
{
    nest_origin origin = maker->origins[place];
    bool grows = origin.from == place;
    maker->steps[place] = grows ? origin.more : 0;
    maker->begins[place] = !maker->is_written[place] ? SAME : !grows ? UNKNOWN : origin.more ? EVEN : SAME;
    maker->now.classes[place] = maker->begins[place];
}

void lpu_nest_find_even(nest_maker *maker)
{
    constant(maker, 0);
    constant(maker, 1);
    constant(maker, ~0u);
    maker->place_count = FIRST_FREE_PLACE;
    for (uint16_t i = 0; i < MOST_PLACES; i++)
        maker->origins[i] = (nest_origin){i, 0};
    for (const strip_part *part = maker->path.parts, *end = part + maker->path.part_count; part < end; part++) {
        visit_part(maker, part, note_written);
        visit_part(maker, part, part->is_loop ? forget : follow);
    }
    for (uint16_t i = 0; i < MOST_PLACES; i++)
        begin_place(maker, i);
}
