/* The units of the tensor face: what an element must keep, and what it does. */
#ifndef LPU_UNITS_H
#define LPU_UNITS_H
#include "streams.h"

/* Whether an element breaks a rule of its unit, and if so what the fault says of it. What it samples is there. */
typedef bool lpu_breaks(const lpu_machine *m, const lpu_element *element, lpu_fault *fault);

/* How elements of a kind take part in stretches (stretch.h): not at all; the rules are tested of each; what those of the
 * first element say holds for all of a burst. */
typedef enum { ALONE, EACH_TELLS, FIRST_TELLS } lpu_part;

/* One kind of unit. Of a cycle's elements those of rank 0 are carried out first: `iw` reads what `lw` writes, and
 * replaces what `abc` reads. */
enum { MAX_RULES = 3 };
struct lpu_family {
    void (*issue)(lpu_machine *m, const lpu_element *element);
    int rank;
    struct {
        lpu_fault_code code;
        lpu_breaks *breaks;
        bool of_flow; /* asks what v registers or an exit hold in the element's cycle: a stretch tests that itself */
    } rules[MAX_RULES]; /* those without a code are none */
    lpu_part part;
};

const lpu_family *lpu_family_of(const lpu_row *row); /* units.c */

extern const lpu_family lpu_reads, lpu_writes, lpu_gathers, lpu_scatters;       /* slices.c */
extern const lpu_family lpu_vector_ops;                                         /* vectors.c */
extern const lpu_family lpu_loads, lpu_installs, lpu_activations;               /* planes.c */
extern const lpu_family lpu_takes, lpu_emits, lpu_row_reads, lpu_row_writes;    /* planes.c */
extern const lpu_family lpu_switch_ops, lpu_mapped_ops, lpu_map_loads;          /* switches.c */

/* slices.c: the numbers of the banks that an element accesses; returns how many. It is in range. */
unsigned lpu_banks_of(const lpu_machine *m, const lpu_element *element, uint32_t banks[MAX_GROUP]);

/* slices.c: the first bytes of the runs that an element accesses, all of `bytes`; returns how many runs there are. */
enum { MAX_RUNS = 32 };
unsigned lpu_runs_of(const lpu_machine *m, const lpu_element *element, size_t starts[MAX_RUNS], size_t *bytes);

/* slices.c: a buffer with the row that a read reads, which stays where it is; 0 if it has to be copied. */
uint32_t lpu_lend_row(lpu_machine *m, const lpu_element *element);

/* vectors.c: whether an op's result is its source as it is. */
bool lpu_passes_on(const lpu_tensor_op *op);
/* vectors.c: results of the vector ALUs for their own registers land. */
void lpu_land_vectors(lpu_tensor *t);
void lpu_clear_vectors(lpu_tensor *t);

static inline bool lpu_writes_streams(const lpu_tensor_op *op)
{
    return op->target.groups && op->target.number < LPU_V_REGISTERS;
}

/* How far apart the numbers are of the units that an op holds. */
static inline unsigned unit_step(const lpu_tensor_op *op) { return op->row->step ? op->row->step : 1; }

/* Where the elements of an element's result, a single group, are to be put. */
static inline void *result_elements(lpu_tensor *t, const lpu_element *element)
{
    uint32_t buffer = lpu_take_buffer(t, element->op->target.width, AS_ELEMENTS);
    lpu_send(t, element, 0, buffer);
    return elements_of(t, buffer);
}

#endif
