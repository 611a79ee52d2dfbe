/* MXM: elements of the matrix planes; what the planes hold and compute is in matrix.c. */
#include <string.h>
#include "units.h"

/* E-TYPE ------------------------------------------------------------------------------------------------------- */
static bool cannot_install(const lpu_machine *m, const lpu_element *e, lpu_fault *fault)
{
    unsigned plane = e->op->plane;
    if (matrix_can_install(m->tensor->matrix, plane))
        return false;
    fault->resource = plane;
    fault->value = matrix_type(m->tensor->matrix, plane, false);
    fault->value2 = NO_WEIGHTS;
    return true;
}

static bool cannot_multiply(const lpu_machine *m, const lpu_element *e, lpu_fault *fault)
{
    unsigned plane = e->op->plane;
    if (matrix_can_multiply(m->tensor->matrix, plane, e->op->row->type))
        return false;
    fault->resource = plane;
    fault->value = matrix_type(m->tensor->matrix, plane, true);
    fault->value2 = e->op->row->type;
    return true;
}

/* E-ACC-EMPTY, E-RANGE, E-UNINIT ------------------------------------------------------------------------------- */
static bool exit_empty(const lpu_machine *m, const lpu_element *e, lpu_fault *fault)
{
    if (matrix_standing(m->tensor->matrix, e->op->plane, m->tensor->now))
        return false;
    fault->resource = e->op->plane;
    return true;
}

static bool row_is_past(const lpu_element *e, size_t rows, lpu_fault *fault)
{
    if (e->row < rows)
        return false;
    fault->resource = e->op->plane;
    fault->address = e->row;
    return true;
}

static bool weights_out_of_range(const lpu_machine *m, const lpu_element *e, lpu_fault *fault)
{
    return row_is_past(e, m->tensor->lanes, fault);
}

static bool row_out_of_range(const lpu_machine *m, const lpu_element *e, lpu_fault *fault)
{
    return (void)m, row_is_past(e, MATRIX_ROWS, fault);
}

static bool adds(const lpu_element *e) { return e->op->row->semantics == LPU_SEM_ACC_ADD; }

static bool row_never_set(const lpu_machine *m, const lpu_element *e, lpu_fault *fault)
{
    if (m->parameters.uninit != LPU_UNINIT_FAULT || matrix_row_is_set(m->tensor->matrix, e->op->plane, e->row))
        return false;
    fault->resource = e->op->plane;
    fault->address = e->row;
    fault->value = -1;
    return true;
}

static bool sum_never_set(const lpu_machine *m, const lpu_element *e, lpu_fault *fault)
{
    return adds(e) && row_never_set(m, e, fault);
}

/* What they do ------------------------------------------------------------------------------------------------- */
static void load(lpu_machine *m, const lpu_element *e)
{
    const uint8_t *streams[MAX_TAKEN];
    uint32_t buffers[MAX_TAKEN];
    for (unsigned k = 0; k < MATRIX_STREAMS; k++) {
        buffers[k] = e->samples[0][k].buffer; /* of so many streams none is all */
        lpu_own_buffer(m->tensor, buffers[k]);
    }
    lpu_sampled_planes(m->tensor, e, 0, streams);
    matrix_load(m->tensor->matrix, e->op->plane, e->op->row->type, e->row, streams, buffers);
}

static void install(lpu_machine *m, const lpu_element *e) { matrix_install(m->tensor->matrix, e->op->plane); }

static void activate(lpu_machine *m, const lpu_element *e)
{
    const matrix_maker maker = {m->tensor->now, e->op->pc, e->op->slot, e->number};
    const void *x = lpu_sampled_elements(m->tensor, e, 0, m->tensor->scratch[0]);
    lpu_matrix *matrix = m->tensor->matrix;
    if (matrix_is_fed(matrix, e->op->plane))
        matrix_feed(matrix, e->op->plane, x, is_lent(m->tensor, e->buffers[0]));
    else
        matrix_activate(matrix, e->op->plane, e->op->row->type, x, &maker);
    if (!e->results) /* a stretch does so when there are more */
        matrix_post(matrix, e->op->plane);
}

static void emit(lpu_tensor *t, const lpu_element *e, const uint32_t *words)
{
    if (e->op->target.groups)
        memcpy(result_elements(t, e), words, t->lanes * sizeof *words);
}

static void emit_row(lpu_tensor *t, const lpu_element *e)
{
    const uint32_t *words = matrix_row(t->matrix, e->op->plane, e->row);
    if (e->lends && e->op->target.groups)
        lpu_send(t, e, 0, lpu_lend_buffer(t, sizeof *words, words));
    else
        emit(t, e, words);
}

static void take_result(lpu_matrix *matrix, const lpu_element *e)
{
    bool floats;
    const uint32_t *words = matrix_take(matrix, e->op->plane, &floats);
    if (adds(e))
        matrix_add_row(matrix, e->op->plane, e->row, words, floats);
    else
        matrix_set_row(matrix, e->op->plane, e->row, words);
}

static void take(lpu_machine *m, const lpu_element *e)
{
    if (!matrix_take_fed(m->tensor->matrix, e->op->plane))
        take_result(m->tensor->matrix, e);
    emit_row(m->tensor, e);
}

static void pass_on(lpu_machine *m, const lpu_element *e)
{
    bool floats;
    emit(m->tensor, e, matrix_take(m->tensor->matrix, e->op->plane, &floats));
}

static void read_row(lpu_machine *m, const lpu_element *e)
{
    emit_row(m->tensor, e);
}

static void write_row(lpu_machine *m, const lpu_element *e)
{
    const uint8_t *streams[MAX_TAKEN];
    lpu_sampled_planes(m->tensor, e, 0, streams);
    matrix_write_row(m->tensor->matrix, e->op->plane, e->row, streams);
}

const lpu_family lpu_activations = {activate, 0, {{LPU_E_TYPE, cannot_multiply, false}}, FIRST_TELLS};
const lpu_family lpu_takes = {
    take, 0,
    {{LPU_E_ACC_EMPTY, exit_empty, true}, {LPU_E_RANGE, row_out_of_range, false}, {LPU_E_UNINIT, sum_never_set, false}},
    EACH_TELLS,
};
const lpu_family lpu_emits = {pass_on, 0, {{LPU_E_ACC_EMPTY, exit_empty, true}}, EACH_TELLS};
const lpu_family lpu_row_reads = {
    read_row, 0, {{LPU_E_RANGE, row_out_of_range, false}, {LPU_E_UNINIT, row_never_set, false}}, EACH_TELLS,
};
const lpu_family lpu_row_writes = {write_row, 0, {{LPU_E_RANGE, row_out_of_range, false}}, EACH_TELLS};
const lpu_family lpu_installs = {install, 1, {{LPU_E_TYPE, cannot_install, false}}, ALONE};
const lpu_family lpu_loads = {load, 2, {{LPU_E_RANGE, weights_out_of_range, false}}, EACH_TELLS};
