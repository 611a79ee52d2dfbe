/* Which values of a round are constant, which no round changes, and which grow by the same in each. */
#include "strip_make.h"

/* How a step goes with growing sources. */
typedef enum { SHAPE_NONE, SHAPE_MOVE, SHAPE_SUM, SHAPE_DIFFERENCE, SHAPE_PRODUCT, SHAPE_SHIFT } step_shape;
static const uint8_t shapes[] = {
    [LPU_SEM_MOV] = SHAPE_MOVE, [LPU_SEM_ADD] = SHAPE_SUM, [LPU_SEM_SUB] = SHAPE_DIFFERENCE,
    [LPU_SEM_MUL] = SHAPE_PRODUCT, [LPU_SEM_MAD] = SHAPE_PRODUCT, [STRIP_ADDRESS] = SHAPE_PRODUCT,
    [LPU_SEM_SHL] = SHAPE_SHIFT,
};

static step_shape shape_of(uint32_t kind) { return kind < sizeof shapes ? shapes[kind] : SHAPE_NONE; }

static void find_invariant(strip_maker *maker, strip_value *value)
{
    const strip_value *all = maker->values, *a = &all[value->sources[0]], *b = &all[value->sources[1]];
    const strip_value *c = &all[value->sources[2]];
    value->is_invariant = is_step(value) && !divides(value->kind) && a->is_invariant && b->is_invariant && c->is_invariant;
    value->is_constant = value->is_invariant && a->is_constant && b->is_constant && c->is_constant;
    if (value->is_constant)
        value->base = lpu_strip_value(value->kind, a->base, b->base, c->base, value->k);
}

/* The source that a value adds what no round changes to; NO_VALUE if it is not made like that. */
static uint16_t grown_from(const strip_maker *maker, const strip_value *value)
{
    bool still[2] = {maker->values[value->sources[0]].is_invariant, maker->values[value->sources[1]].is_invariant};
    step_shape shape = shape_of(value->kind);
    if (shape == SHAPE_MOVE || ((shape == SHAPE_SUM || shape == SHAPE_DIFFERENCE) && still[1]))
        return value->sources[0];
    return shape == SHAPE_SUM && still[0] ? value->sources[1] : NO_VALUE;
}

/* Whether a phi grows by the same in each round. */
static void find_induction(strip_maker *maker, uint16_t phi)
{
    uint16_t at = maker->values[phi].last;
    while (at != NO_VALUE && at != phi && is_step(&maker->values[at]))
        at = grown_from(maker, &maker->values[at]);
    maker->values[phi].is_linear = at == phi;
}

static bool product_is_linear(const strip_value *a, const strip_value *b)
{
    return a->is_linear && b->is_linear && (a->is_invariant || b->is_invariant);
}

static bool grows_evenly(const strip_maker *maker, const strip_value *value)
{
    const strip_value *all = maker->values, *a = &all[value->sources[0]], *b = &all[value->sources[1]];
    const strip_value *c = &all[value->sources[2]];
    switch (shape_of(value->kind)) {
    case SHAPE_MOVE: return a->is_linear;
    case SHAPE_SUM: case SHAPE_DIFFERENCE: return a->is_linear && b->is_linear;
    case SHAPE_PRODUCT: return product_is_linear(a, b) && c->is_linear;
    case SHAPE_SHIFT: return a->is_linear && b->is_invariant;
    default: return false;
    }
}

void lpu_strip_find_linear(strip_maker *maker)
{
    for (uint32_t i = 0; i < maker->value_count; i++) {
        strip_value *value = &maker->values[i];
        if (value->kind == STRIP_LEAF)
            value->is_invariant = true;
        else if (is_step(value))
            find_invariant(maker, value);
    }
    for (uint32_t i = 0; i < maker->value_count; i++)
        if (maker->values[i].kind == STRIP_PHI)
            find_induction(maker, (uint16_t)i);
    for (uint32_t i = 0; i < maker->value_count; i++) {
        strip_value *value = &maker->values[i];
        value->is_linear |= value->is_invariant || (is_step(value) && grows_evenly(maker, value));
    }
}

/* How much a linear value grows by, its sources being known. */
uint32_t lpu_strip_growth(const strip_value *all, const strip_value *value)
{
    const strip_value *a = &all[value->sources[0]], *b = &all[value->sources[1]], *c = &all[value->sources[2]];
    switch (shape_of(value->kind)) {
    case SHAPE_MOVE: return a->step;
    case SHAPE_SUM: return a->step + b->step;
    case SHAPE_DIFFERENCE: return a->step - b->step;
    case SHAPE_PRODUCT: return a->step * b->base + a->base * b->step + c->step;
    case SHAPE_SHIFT: return a->step << (b->base & 31);
    default: return 0;
    }
}
