/* The steps of a round as values: every source is the value that its place holds there. */
#include "region.h"
#include "stops.h"
#include "strip_make.h"

static uint16_t add_value(strip_maker *maker, strip_value value)
{
    if (maker->value_count == MOST_VALUES) {
        maker->failed = true;
        return 0;
    }
    maker->values[maker->value_count] = value;
    return (uint16_t)maker->value_count++;
}

static uint16_t constant(strip_maker *maker, uint32_t number)
{
    for (uint16_t i = 0; i < maker->value_count; i++)
        if (maker->values[i].is_constant && maker->values[i].base == number)
            return i;
    return add_value(maker, (strip_value){.kind = STRIP_LEAF, .base = number, .is_constant = true});
}

/* The number of a register or temporary; STRIP_PLACES for what is none. */
static uint32_t place_of(const lpu_machine *m, const uint32_t *place)
{
    if (place >= m->registers && place < m->registers + STATE_REGISTERS)
        return (uint32_t)(place - m->registers);
    if (place >= m->temps && place < m->temps + TEMPS)
        return STATE_REGISTERS + (uint32_t)(place - m->temps);
    return STRIP_PLACES;
}

/* What a place holds where a step reads it. */
static uint16_t read_place(strip_maker *maker, const uint32_t *place)
{
    uint32_t number = place_of(maker->m, place);
    if (number == STRIP_PLACES)
        return constant(maker, *place);
    if (maker->current[number] == NO_VALUE) {
        maker->entered[number] = add_value(maker, (strip_value){.kind = STRIP_PHI, .place = place});
        maker->current[number] = maker->entered[number];
    }
    return maker->current[number];
}

static strip_value with_sources(strip_maker *maker, const lpu_micro *step, uint32_t kind)
{
    strip_value value = {.kind = kind, .k = step->k};
    value.sources[0] = read_place(maker, step->a);
    value.sources[1] = read_place(maker, step->b);
    value.sources[2] = read_place(maker, step->c);
    return value;
}

/* What is written to a place last counts. */
static void add_result(strip_maker *maker, uint16_t value, uint32_t *place)
{
    uint32_t number = 0;
    while (number < maker->result_count && maker->results[number].place != place)
        number++;
    maker->failed |= number == MOST_RESULTS;
    if (maker->failed)
        return;
    maker->results[number] = (strip_result){place, value};
    maker->result_count += number == maker->result_count;
}

/* Whether a value kept for undoing is that of a write in flight when a round ends, after which a loop may be left. */
static bool is_in_flight(const strip_maker *maker, const uint32_t *undo)
{
    const lpu_node *last = maker->path.turns[maker->path.count - 1].node;
    for (uint32_t i = 0; i < last->after_count; i++)
        if (undo == &maker->m->undo[last->after[i].level][last->after[i].reg])
            return true;
    return false;
}

/* A step writes a value. */
static void write_place(strip_maker *maker, const lpu_micro *step, uint16_t value)
{
    uint32_t number = place_of(maker->m, step->d);
    if (number == STRIP_PLACES) {
        maker->failed = true;
        return;
    }
    if (is_in_flight(maker, step->undo))
        add_result(maker, read_place(maker, step->d), step->undo);
    maker->current[number] = value;
}

static void add_check(strip_maker *maker, strip_check check)
{
    if (maker->check_count == MOST_CHECKS)
        maker->failed = true;
    else
        maker->checks[maker->check_count++] = check;
}

/* The number of an access; `before` is how many there were when its bundle began. */
static uint16_t add_access(strip_maker *maker, const lpu_micro *step, bool is_store, uint32_t before)
{
    uint16_t number = (uint16_t)maker->access_count;
    if (number == MOST_ACCESSES) {
        maker->failed = true;
        return 0;
    }
    maker->access_count++;
    strip_access *access = &maker->accesses[number];
    *access = (strip_access){.is_store = is_store, .has_partner = before < number, .partner = (uint16_t)before};
    access->is_watched = lpu_watches_accesses(maker->m, is_store ? LPU_MEMORY_STORE : LPU_MEMORY_LOAD);
    access->address = add_value(maker, with_sources(maker, step, STRIP_ADDRESS));
    return number;
}

static void collect_load(strip_maker *maker, const lpu_micro *step, uint32_t before)
{
    uint16_t number = add_access(maker, step, false, before);
    strip_value value = {.kind = STRIP_LOAD, .k = number};
    value.sources[0] = value.sources[1] = value.sources[2] = maker->accesses[number].address;
    maker->accesses[number].value = add_value(maker, value);
    add_check(maker, (strip_check){STRIP_LOAD, 0, maker->accesses[number].value, number});
    write_place(maker, step, maker->accesses[number].value);
}

static void collect_store(strip_maker *maker, const lpu_micro *step, uint32_t before)
{
    uint16_t number = add_access(maker, step, true, before);
    maker->accesses[number].value = read_place(maker, step->stored);
    add_check(maker, (strip_check){STRIP_STORE, 0, maker->accesses[number].address, number});
    if (maker->m->stops.tests_elements)
        add_check(maker, (strip_check){STRIP_TEST_STORE, 0, maker->accesses[number].value, number});
}

static void collect_value(strip_maker *maker, const lpu_micro *step, uint32_t kind)
{
    strip_value value = with_sources(maker, step, kind == KIND_LATE_MOV ? LPU_SEM_MOV : kind);
    uint16_t number = add_value(maker, value);
    if (divides(kind))
        add_check(maker, (strip_check){STRIP_DIVISOR, kind, number, 0});
    write_place(maker, step, number);
}

static void collect_assert(strip_maker *maker, const lpu_micro *step)
{
    add_check(maker, (strip_check){STRIP_ASSERT, 0, read_place(maker, step->a), read_place(maker, step->b)});
}

/* The guards of a bundle that test a register, which has no write in flight. */
static void collect_guards(strip_maker *maker, const lpu_node *node, uint32_t guard)
{
    const lpu_stops *stops = &maker->m->stops;
    for (; guard < stops->guard_count && stops->guards[guard].of.address == node->pc; guard++) {
        const lpu_guard *of = &stops->guards[guard].of;
        maker->failed |= of->test && has_flight(node, of->reg);
        if (of->test)
            add_check(maker, (strip_check){STRIP_TEST_GUARD, guard, read_place(maker, &maker->m->registers[of->reg]), 0});
    }
}

/* A step that looks for stops; those of accesses are looked for along with these. */
static const lpu_micro *collect_look(strip_maker *maker, const lpu_node *node, const lpu_micro *step, uint32_t kind)
{
    if (kind == KIND_GUARD)
        collect_guards(maker, node, step->k);
    else if (kind == KIND_TEST_REGISTER)
        add_check(maker, (strip_check){STRIP_TEST_REGISTER, step->constant, read_place(maker, step->a), 0});
    return step + (kind == KIND_TEST_STORE);
}

/* A check of banks takes three steps; the accesses that follow are checked anyway. */
static const lpu_micro *skip_pair(strip_maker *maker, const lpu_micro *step)
{
    for (uint32_t i = 1; i <= 2; i++)
        maker->failed |= step[i].kind != LPU_SEM_LD && step[i].kind != LPU_SEM_ST;
    return step + 2;
}

/* One step; the last one of those that it takes. */
static const lpu_micro *collect_step(strip_maker *maker, const lpu_micro *step, uint32_t kind, uint32_t before)
{
    if (kind == LPU_SEM_ASSERT)
        collect_assert(maker, step);
    else if (kind < LPU_SEM_LD || kind == KIND_LATE_MOV)
        collect_value(maker, step, kind);
    else if (kind == LPU_SEM_LD || kind == KIND_LD_SECOND)
        collect_load(maker, step, before);
    else if (kind == LPU_SEM_ST || kind == KIND_ST_SECOND)
        collect_store(maker, step, before);
    else if (kind == KIND_PAIR)
        return skip_pair(maker, step);
    else
        maker->failed = true;
    return step;
}

static bool ends_node(uint32_t kind)
{
    return kind == LPU_SEM_NOP || kind == LPU_SEM_BRANCH || kind == LPU_SEM_JMP || kind == KIND_LOOP_END;
}

static void add_exit(strip_maker *maker, const lpu_micro *step, uint32_t kind, bool taken)
{
    uint32_t condition = step->k | (taken ? 0u : NEGATED);
    add_check(maker, (strip_check){kind, condition, read_place(maker, step->c), 0});
}

static void collect_node(strip_maker *maker, const strip_turn *turn)
{
    bool ends_round = turn == &maker->path.turns[maker->path.count - 1];
    uint32_t kind = first_kind(turn->node), before = maker->access_count;
    const lpu_micro *step = turn->node->steps;
    for (; !maker->failed && !ends_node(kind); kind = (++step)->kind)
        step = looks_for_stops(kind) ? collect_look(maker, turn->node, step, kind)
                                     : collect_step(maker, step, kind, before);
    if (kind == LPU_SEM_BRANCH)
        add_exit(maker, step, ends_round ? STRIP_LAST_EXIT : STRIP_EXIT, turn->taken);
}

/* What is read and never written is a leaf; the other registers have the last value written to them. */
static void finish_place(strip_maker *maker, uint32_t number)
{
    uint16_t entered = maker->entered[number], last = maker->current[number];
    if (entered == last && last != NO_VALUE)
        maker->values[entered].kind = STRIP_LEAF;
    else if (entered != NO_VALUE)
        maker->values[entered].last = last;
    if (entered != last && number < STATE_REGISTERS)
        add_result(maker, last, &maker->m->registers[number]);
}

void lpu_strip_collect(strip_maker *maker)
{
    for (uint32_t i = 0; i < STRIP_PLACES; i++)
        maker->current[i] = maker->entered[i] = NO_VALUE;
    constant(maker, 0);
    constant(maker, 1);
    constant(maker, ~0u);
    for (uint32_t i = 0; i < maker->path.count && !maker->failed; i++)
        collect_node(maker, &maker->path.turns[i]);
    for (uint32_t i = 0; i < STRIP_PLACES && !maker->failed; i++)
        finish_place(maker, i);
}
