/* Which kind of unit carries out an op. */
#include "units.h"

static bool no_link(const lpu_machine *m, const lpu_element *e, lpu_fault *fault)
{
    (void)m;
    fault->resource = e->op->link;
    return true;
}

static void never_issues(lpu_machine *m, const lpu_element *e) { (void)m, (void)e; }

static const lpu_family links = {never_issues, 0, {{LPU_E_LINK, no_link, false}}, ALONE};

static const lpu_family *family_of_slices(lpu_semantics semantics)
{
    switch (semantics) {
    case LPU_SEM_READ: return &lpu_reads;
    case LPU_SEM_WRITE: return &lpu_writes;
    case LPU_SEM_GATHER: return &lpu_gathers;
    default: return &lpu_scatters;
    }
}

static const lpu_family *family_of_accumulators(lpu_semantics semantics)
{
    switch (semantics) {
    case LPU_SEM_ACC_EMIT: return &lpu_emits;
    case LPU_SEM_ACCR: return &lpu_row_reads;
    case LPU_SEM_ACCW: return &lpu_row_writes;
    default: return &lpu_takes;
    }
}

const lpu_family *lpu_family_of(const lpu_row *row)
{
    switch (row->unit_class) {
    case LPU_CLASS_RP: case LPU_CLASS_WP: return family_of_slices(row->semantics);
    case LPU_CLASS_V: return &lpu_vector_ops;
    case LPU_CLASS_LW: return &lpu_loads;
    case LPU_CLASS_IW: return &lpu_installs;
    case LPU_CLASS_ABC: return &lpu_activations;
    case LPU_CLASS_ACC: return family_of_accumulators(row->semantics);
    case LPU_CLASS_PM: case LPU_CLASS_DS: return &lpu_mapped_ops;
    case LPU_CLASS_LM: return &lpu_map_loads;
    case LPU_CLASS_C: return &links;
    default: return &lpu_switch_ops;
    }
}
