/* SXM: elements of the switches; what they do with lanes is in switch.c. */
#include "units.h"

enum { SPAN_SUPERLANE = 1 };

static switch_op switched(const lpu_tensor *t, const lpu_tensor_op *op)
{
    return (switch_op){
        .semantics = op->row->semantics, .type = op->row->type, .lanes = t->lanes, .width = op->target.width,
        .amount = op->amount, .by_superlane = op->span == SPAN_SUPERLANE,
        .map = switch_map(t->maps, op->hemi, op->number),
    };
}

static bool map_never_loaded(const lpu_machine *m, const lpu_element *e, lpu_fault *fault)
{
    const lpu_tensor_op *op = e->op;
    if (m->parameters.uninit != LPU_UNINIT_FAULT || switch_is_loaded(m->tensor->maps, op->hemi, op->number))
        return false;
    fault->resource = op->number;
    fault->address = LPU_NOWHERE;
    return true;
}

/* A map that was never loaded is E-UNINIT, not E-RANGE, whatever its entries read as. */
static bool entry_out_of_range(const lpu_machine *m, const lpu_element *e, lpu_fault *fault)
{
    lpu_fault unloaded;
    if (map_never_loaded(m, e, &unloaded))
        return false;
    switch_op op = switched(m->tensor, e->op);
    size_t lane = switch_bad_lane(&op);
    if (lane == m->tensor->lanes)
        return false;
    fault->resource = e->op->number;
    fault->address = op.map[lane];
    fault->lane = (int64_t)lane;
    return true;
}

static void transpose(lpu_tensor *t, const lpu_element *e)
{
    const uint8_t *a[MAX_TAKEN];
    uint8_t *d[MAX_TAKEN];
    lpu_sampled_planes(t, e, 0, a);
    for (unsigned group = 0; group < e->op->target.groups; group++) {
        uint32_t buffer = lpu_take_buffer(t, e->op->target.width, AS_PLANES);
        lpu_send(t, e, group, buffer);
        d[group] = plane_of(t, buffer, 0);
    }
    switch_transpose(t->lanes, d, a);
}

static void apply(lpu_machine *m, const lpu_element *e)
{
    lpu_tensor *t = m->tensor;
    switch_op op = switched(t, e->op);
    if (op.semantics == LPU_SEM_TRANSPOSE) {
        transpose(t, e);
        return;
    }
    uint32_t passed = switch_passes_on(&op) ? e->buffers[0] : 0;
    if (passed) {
        lpu_send(t, e, 0, lpu_hold_buffer(t, passed));
        return;
    }
    const void *sources[MAX_SOURCES] = {0};
    for (unsigned i = 0; i < e->op->source_count; i++)
        sources[i] = lpu_sampled_elements(t, e, i, t->scratch[i]);
    switch_apply(&op, result_elements(t, e), sources[0], sources[1]);
}

static void load_map(lpu_machine *m, const lpu_element *e)
{
    const uint16_t *entries = lpu_sampled_elements(m->tensor, e, 0, m->tensor->scratch[0]);
    switch_load(m->tensor->maps, e->op->hemi, e->op->number, entries);
}

const lpu_family lpu_switch_ops = {apply, 0, {{0, NULL, false}}, FIRST_TELLS};
const lpu_family lpu_mapped_ops = {
    apply, 0, {{LPU_E_RANGE, entry_out_of_range, false}, {LPU_E_UNINIT, map_never_loaded, false}}, FIRST_TELLS,
};
const lpu_family lpu_map_loads = {load_map, 0, {{0, NULL, false}}, ALONE};
