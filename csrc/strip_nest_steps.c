/* The ops of a nest that steps become, each according to what is known of the places that it reads. */
#include "region.h"
#include "stops.h"
#include "strip_nest.h"

/* Places --------------------------------------------------------------------------------------------------------- */
void lpu_nest_draft(nest_maker *maker, nest_draft op)
{
    if (maker->draft_count == MOST_DRAFTS)
        maker->failed = true;
    else
        maker->drafts[maker->draft_count++] = op;
}

static nest_class class_of(const nest_maker *maker, uint16_t place) { return maker->now.classes[place]; }

static void use(nest_maker *maker, uint16_t place)
{
    maker->failed |= class_of(maker, place) == UNKNOWN;
    maker->is_read[place] = true;
}

static uint16_t source(nest_maker *maker, const uint32_t *from)
{
    uint16_t place = lpu_nest_source(maker, from);
    use(maker, place);
    return place;
}

/* What no round writes has its lanes before the first. */
void lpu_nest_need_lanes(nest_maker *maker, uint16_t place)
{
    if (class_of(maker, place) == LANES || maker->now.has_lanes[place])
        return;
    maker->now.has_lanes[place] = true;
    if (maker->is_written[place])
        lpu_nest_draft(maker, (nest_draft){.kind = NEST_SPREAD, .d = place, .sources = {place}});
    else
        maker->is_opened[place] = true;
}

static void write(nest_maker *maker, uint16_t place, nest_class class)
{
    maker->now.classes[place] = (uint8_t)class;
    maker->now.has_lanes[place] = false;
}

static uint16_t new_place(nest_maker *maker, uint32_t *home)
{
    if (maker->place_count == MOST_PLACES) {
        maker->failed = true;
        return ZERO;
    }
    uint16_t place = (uint16_t)maker->place_count++;
    maker->is_constant[place] = false;
    maker->is_written[place] = true;
    maker->homes[place] = home;
    return place;
}

/* A copy of what a place holds. */
static void copy(nest_maker *maker, uint16_t to, uint16_t from)
{
    bool is_lanes = class_of(maker, from) == LANES;
    lpu_nest_draft(maker, (nest_draft){is_lanes ? LPU_SEM_MOV : NEST_EVEN, 0, to, 0, {from, ONE, ZERO}});
    write(maker, to, class_of(maker, from));
}

/* Where the value goes that a step overwrites: a turn may be gone through more than once. */
static uint16_t kept_place(nest_maker *maker, uint32_t *undo)
{
    for (uint16_t i = FIRST_FREE_PLACE; i < maker->place_count; i++)
        if (!maker->is_constant[i] && maker->homes[i] == undo)
            return i;
    return new_place(maker, undo);
}

/* What a late write overwrites is kept where it is still in flight as the round ends. */
static void keep_overwritten(nest_maker *maker, const lpu_micro *step, uint16_t place)
{
    for (uint32_t i = 0; i < maker->kept_count; i++)
        if (maker->kept[i].last == step) {
            use(maker, place);
            copy(maker, kept_place(maker, step->undo), place);
        }
}

/* The place that a step writes. */
static uint16_t target(nest_maker *maker, const lpu_micro *step)
{
    uint16_t place = lpu_nest_source(maker, step->d);
    maker->failed |= maker->is_constant[place];
    keep_overwritten(maker, step, place);
    return place;
}

/* Values --------------------------------------------------------------------------------------------------------- */
/* What k + a * b + c is. */
static nest_class even_class(const nest_maker *maker, const uint16_t *sources)
{
    nest_class a = class_of(maker, sources[0]), b = class_of(maker, sources[1]), c = class_of(maker, sources[2]);
    nest_class product = a == SAME ? b : b == SAME ? a : LANES;
    return product > c ? product : c;
}

static bool are_same(const nest_maker *maker, const uint16_t *sources)
{
    return class_of(maker, sources[0]) == SAME && class_of(maker, sources[1]) == SAME
           && class_of(maker, sources[2]) == SAME;
}

static void make_lanes(nest_maker *maker, const strip_value *value, uint16_t d)
{
    const uint16_t *from = value->sources;
    for (uint32_t i = 0; i < 3; i++)
        lpu_nest_need_lanes(maker, from[i]);
    if (divides(value->kind))
        lpu_nest_draft(maker, (nest_draft){STRIP_DIVISOR, value->kind, d, 0, {from[0], from[1], from[2]}});
    lpu_nest_draft(maker, (nest_draft){value->kind, value->k, d, 0, {from[0], from[1], from[2]}});
    write(maker, d, LANES);
}

static void make_value(nest_maker *maker, const lpu_micro *step, uint32_t kind)
{
    strip_value given = lpu_nest_value(maker, step, kind), even = lpu_strip_in_shape(&given);
    const uint16_t *from = given.sources, *by = even.sources;
    for (uint32_t i = 0; i < 3; i++)
        use(maker, from[i]);
    uint16_t d = target(maker, step);
    if (even.kind == STRIP_ADDRESS && even_class(maker, by) != LANES) {
        lpu_nest_draft(maker, (nest_draft){NEST_EVEN, even.k, d, 0, {by[0], by[1], by[2]}});
        write(maker, d, even_class(maker, by));
    } else if (are_same(maker, from) && !divides(given.kind)) {
        lpu_nest_draft(maker, (nest_draft){NEST_SAME, given.k, d, (uint16_t)given.kind, {from[0], from[1], from[2]}});
        write(maker, d, SAME);
    } else
        make_lanes(maker, &given, d);
}

static void make_assert(nest_maker *maker, const lpu_micro *step)
{
    uint16_t a = source(maker, step->a), b = source(maker, step->b);
    lpu_nest_need_lanes(maker, a);
    lpu_nest_need_lanes(maker, b);
    lpu_nest_draft(maker, (nest_draft){.kind = STRIP_ASSERT, .sources = {a, b}});
}

/* Accesses ------------------------------------------------------------------------------------------------------- */
static uint16_t add_access(nest_maker *maker, bool is_store, uint16_t value)
{
    uint16_t number = (uint16_t)maker->access_count, first = maker->first_access;
    if (number == MOST_ACCESSES) {
        maker->failed = true;
        return 0;
    }
    bool has_partner = first != NO_VALUE;
    maker->accesses[number] = (strip_access){.value = value, .is_store = is_store, .has_partner = has_partner,
                                             .partner = has_partner ? first : 0};
    maker->accesses[number].is_watched = lpu_watches_accesses(maker->m, is_store ? LPU_MEMORY_STORE : LPU_MEMORY_LOAD);
    maker->first_access = number;
    maker->access_count++;
    return number;
}

/* An op that makes an access, and one that checks its bank; the address does not hang on lanes. */
static void draft_access(nest_maker *maker, uint32_t kind, const lpu_micro *step, uint16_t d, uint16_t number)
{
    uint16_t a = source(maker, step->a), b = source(maker, step->b), c = source(maker, step->c);
    lpu_nest_draft(maker, (nest_draft){kind, step->k, d, number, {a, b, c}});
    if (maker->accesses[number].has_partner)
        lpu_nest_draft(maker, (nest_draft){.kind = STRIP_BANKS, .number = number});
}

static nest_class address_class(nest_maker *maker, const lpu_micro *step)
{
    uint16_t from[3] = {source(maker, step->a), source(maker, step->b), source(maker, step->c)};
    maker->failed |= even_class(maker, from) >= LANES;
    return even_class(maker, from);
}

static void make_load(nest_maker *maker, const lpu_micro *step)
{
    bool is_same = address_class(maker, step) == SAME;
    uint16_t d = target(maker, step);
    draft_access(maker, is_same ? NEST_LOAD_SAME : NEST_LOAD, step, d, add_access(maker, false, d));
    write(maker, d, is_same ? SAME : LANES);
}

/* What is stored waits; in an inner loop that would be much. */
static void make_store(nest_maker *maker, const lpu_micro *step)
{
    uint16_t value = source(maker, step->stored), kept = new_place(maker, NULL);
    address_class(maker, step);
    copy(maker, kept, value);
    lpu_nest_need_lanes(maker, kept);
    maker->failed |= maker->part->is_loop;
    uint16_t number = add_access(maker, true, kept);
    draft_access(maker, NEST_STORE, step, kept, number);
    if (maker->m->stops.tests_elements)
        lpu_nest_draft(maker, (nest_draft){.kind = STRIP_TEST_STORE, .number = number});
}

/* Stops ---------------------------------------------------------------------------------------------------------- */
static void make_test(nest_maker *maker, uint32_t kind, uint32_t k, const uint32_t *reg)
{
    uint16_t place = source(maker, reg);
    lpu_nest_need_lanes(maker, place);
    lpu_nest_draft(maker, (nest_draft){.kind = kind, .k = k, .sources = {place}});
}

static void make_guards(nest_maker *maker, uint32_t guard)
{
    const lpu_stops *stops = &maker->m->stops;
    const lpu_node *node = maker->path.turns[maker->turn].node;
    for (; guard < stops->guard_count && stops->guards[guard].of.address == node->pc; guard++) {
        const lpu_guard *of = &stops->guards[guard].of;
        maker->failed |= of->test && has_flight(node, of->reg);
        if (of->test)
            make_test(maker, STRIP_TEST_GUARD, guard, &maker->m->registers[of->reg]);
    }
}

/* Control -------------------------------------------------------------------------------------------------------- */
/* A count that is not the same in all rounds is none for a nest. */
static void make_count(nest_maker *maker, uint32_t kind, const lpu_micro *step)
{
    uint16_t count = source(maker, step->a);
    maker->failed |= class_of(maker, count) != SAME;
    lpu_nest_draft(maker, (nest_draft){.kind = kind, .number = (uint16_t)maker->turn, .sources = {count}});
}

static bool is_last(const nest_maker *maker) { return maker->turn + 1 == maker->path.count; }

/* Whether an inner loop goes round here. */
static bool goes_round(const nest_maker *maker)
{
    return maker->part->is_loop && maker->turn + 1 == maker->part->end;
}

static void make_branch(nest_maker *maker, const lpu_micro *step, bool taken)
{
    uint16_t place = source(maker, step->c);
    uint32_t k = step->k | (taken ? 0u : NEGATED);
    bool is_same = class_of(maker, place) == SAME;
    if (is_last(maker) || !is_same)
        lpu_nest_need_lanes(maker, place);
    if (is_last(maker))
        maker->leaving = place, maker->leaves = k;
    else
        lpu_nest_draft(maker, (nest_draft){goes_round(maker) ? NEST_AGAIN : is_same ? NEST_BRANCH : STRIP_EXIT, k, 0, 0, {place}});
    maker->failed |= goes_round(maker) && !is_same;
}

static void make_end(nest_maker *maker, const lpu_micro *step, const strip_turn *turn)
{
    uint32_t kind = lpu_end_kind(turn->node);
    if (kind == LPU_SEM_BRANCH)
        make_branch(maker, step, turn->taken);
    else if (kind == LPU_SEM_LOOP)
        make_count(maker, turn->taken ? NEST_NO_LOOP : NEST_LOOP, step);
    else if (kind == KIND_LOOP_END && goes_round(maker))
        lpu_nest_draft(maker, (nest_draft){.kind = NEST_ROUND_AGAIN});
    else if (kind == KIND_LOOP_END && !is_last(maker))
        lpu_nest_draft(maker, (nest_draft){.kind = NEST_ROUND, .k = turn->taken});
}

static void make_step(nest_maker *maker, const lpu_micro *step, uint32_t kind)
{
    if (kind == LPU_SEM_ASSERT)
        make_assert(maker, step);
    else if (kind == KIND_GUARD)
        make_guards(maker, step->k);
    else if (kind == KIND_TEST_REGISTER)
        make_test(maker, STRIP_TEST_REGISTER, step->constant, step->a);
    else if (kind == KIND_LOOP_CHECK)
        make_count(maker, NEST_LOOP_CHECK, step);
    else if (loads(kind))
        make_load(maker, step);
    else if (stores(kind))
        make_store(maker, step);
    else
        make_value(maker, step, kind);
}

void lpu_nest_make_turn(nest_maker *maker, uint32_t turn)
{
    maker->turn = turn;
    maker->first_access = NO_VALUE;
    const strip_turn *made = &maker->path.turns[turn];
    const lpu_micro *end = lpu_nest_visit(maker, made->node, make_step);
    if (!maker->failed)
        make_end(maker, end, made);
}
