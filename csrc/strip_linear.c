/* Which values of a round are constant, which no round changes, and which grow by the same in each: these become
 * k + a * b + c, where a or b is one that no round changes. */
#include "strip_make.h"

/* Steps that keep even growth even, as k + a * b + c: the sources that a, b and c are, or a constant. */
enum { FIRST, SECOND, OF_ZERO, OF_ONE, OF_MINUS_ONE, THIRD };
typedef struct {
    bool is_even;
    uint8_t a, b, c;
} step_shape;

static const step_shape shapes[] = {
    [LPU_SEM_MOV] = {true, FIRST, OF_ONE, OF_ZERO}, [LPU_SEM_ADD] = {true, FIRST, OF_ONE, SECOND},
    [LPU_SEM_SUB] = {true, SECOND, OF_MINUS_ONE, FIRST}, [LPU_SEM_MUL] = {true, FIRST, SECOND, OF_ZERO},
    [LPU_SEM_MAD] = {true, FIRST, SECOND, THIRD}, [STRIP_ADDRESS] = {true, FIRST, SECOND, THIRD},
};

static uint16_t source_of(const strip_value *value, uint8_t which)
{
    static const uint16_t numbers[] = {[OF_ZERO] = ZERO, [OF_ONE] = ONE, [OF_MINUS_ONE] = MINUS_ONE};
    return which <= SECOND ? value->sources[which] : which == THIRD ? value->sources[2] : numbers[which];
}

strip_value lpu_strip_in_shape(const strip_value *value)
{
    strip_value shaped = *value;
    if (value->kind >= sizeof shapes / sizeof *shapes || !shapes[value->kind].is_even)
        return shaped;
    step_shape shape = shapes[value->kind];
    shaped.kind = STRIP_ADDRESS;
    shaped.sources[0] = source_of(value, shape.a);
    shaped.sources[1] = source_of(value, shape.b);
    shaped.sources[2] = source_of(value, shape.c);
    return shaped;
}

static void find_invariant(strip_maker *maker, strip_value *value)
{
    const strip_value *all = maker->values, *a = &all[value->sources[0]], *b = &all[value->sources[1]];
    const strip_value *c = &all[value->sources[2]];
    value->is_invariant = a->is_invariant && b->is_invariant && c->is_invariant;
    value->is_constant = value->is_invariant && a->is_constant && b->is_constant && c->is_constant;
    if (value->is_constant)
        value->base = lpu_strip_value(value->kind, a->base, b->base, c->base, value->k);
}

static bool is_one(uint16_t number) { return number == ONE; }

/* The source that a value adds to what no round changes; NO_VALUE if it is not made like that. */
static uint16_t grown_from(const strip_maker *maker, const strip_value *value)
{
    strip_value as = lpu_strip_in_shape(value);
    if (as.kind != STRIP_ADDRESS)
        return NO_VALUE;
    if (is_one(as.sources[1]) && maker->values[as.sources[2]].is_invariant)
        return as.sources[0];
    bool adds = maker->values[as.sources[0]].is_invariant && maker->values[as.sources[1]].is_invariant;
    return adds ? as.sources[2] : NO_VALUE;
}

/* Whether all of a step but one source is constant. */
static bool adds_constant(const strip_maker *maker, const strip_value *value, uint16_t source)
{
    strip_value as = lpu_strip_in_shape(value);
    bool constant = true;
    for (uint32_t i = 0; i < 3; i++)
        constant &= as.sources[i] == source || maker->values[as.sources[i]].is_constant;
    return constant;
}

/* Whether a phi grows by the same in each round. */
static void find_induction(strip_maker *maker, uint16_t phi)
{
    uint16_t at = maker->values[phi].last;
    maker->values[phi].knows_step = true;
    while (at != NO_VALUE && at != phi && is_step(&maker->values[at])) {
        const strip_value *value = &maker->values[at];
        at = grown_from(maker, value);
        maker->values[phi].knows_step &= adds_constant(maker, value, at);
    }
    maker->values[phi].is_linear = at == phi;
}

/* A step of linear values that is linear, too, is put in shape. */
static void find_even(const strip_maker *maker, strip_value *value)
{
    strip_value as = lpu_strip_in_shape(value);
    const strip_value *a = &maker->values[as.sources[0]], *b = &maker->values[as.sources[1]];
    const strip_value *c = &maker->values[as.sources[2]];
    bool is_product = a->is_linear && b->is_linear && (a->is_invariant || b->is_invariant);
    if (as.kind != STRIP_ADDRESS || !is_product || !c->is_linear)
        return;
    as.is_linear = true;
    as.knows_step = a->knows_step && b->knows_step && c->knows_step && (a->is_invariant || b->is_constant)
                    && (b->is_invariant || a->is_constant);
    *value = as;
}

static void find_invariants(strip_maker *maker)
{
    for (uint32_t i = 0; i < maker->value_count; i++) {
        strip_value *value = &maker->values[i];
        if (is_step(value) && !divides(value->kind))
            find_invariant(maker, value);
        value->is_invariant |= value->kind == STRIP_LEAF;
        value->is_linear = value->knows_step = value->is_invariant;
    }
}

void lpu_strip_find_linear(strip_maker *maker)
{
    find_invariants(maker);
    for (uint32_t i = 0; i < maker->value_count; i++)
        if (maker->values[i].kind == STRIP_PHI)
            find_induction(maker, (uint16_t)i);
    for (uint32_t i = 0; i < maker->value_count; i++) {
        strip_value *value = &maker->values[i];
        if (value->is_invariant && !value->is_constant && value->kind != STRIP_LEAF)
            *value = lpu_strip_in_shape(value);
        else if (is_step(value) && !value->is_invariant)
            find_even(maker, value);
    }
}
