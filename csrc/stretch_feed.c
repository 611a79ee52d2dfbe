/* What a stretch need not copy: rows that nobody changes meanwhile, and results whose accumulator rows are known before
 * they are made. See stretch.h. */
#include <string.h>
#include "stretch.h"

/* Lenders ---------------------------------------------------------------------------------------------------------- */
static bool is_of(const stretch_node *node, const lpu_family *family, unsigned plane)
{
    return node->op->family == family && node->op->plane == plane;
}

/* Note the rows that a burst sets; whether they are others than those noted before. */
static bool are_new_rows(const lpu_stretch *s, const stretch_node *node, bool is_met[MATRIX_ROWS])
{
    for (uint32_t i = 0; i < node->count; i++) {
        bool *is_known = &is_met[s->rows[node->first_time + i]];
        if (*is_known)
            return false;
        *is_known = true;
    }
    return true;
}

/* Whether accumulator rows of a plane, once set, stay as they are, and before that nobody reads them. */
static bool do_rows_stay(const lpu_stretch *s, unsigned plane)
{
    bool is_met[MATRIX_ROWS] = {false}, any_read = false, any_set = false;
    for (const stretch_node *node = s->nodes; node < s->nodes + s->node_count; node++) {
        if (is_of(node, &lpu_row_writes, plane))
            return false;
        any_read |= is_of(node, &lpu_row_reads, plane);
        any_set |= is_of(node, &lpu_takes, plane);
        if (is_of(node, &lpu_takes, plane) && !are_new_rows(s, node, is_met))
            return false;
    }
    return !any_read || !any_set;
}

static bool meets_writer(const lpu_stretch *s, const stretch_node *reader)
{
    unsigned first = reader->op->slice;
    for (const stretch_node *node = s->nodes; node < s->nodes + s->node_count; node++)
        if (node->op->family == &lpu_writes && node->op->slice < first + reader->op->row->width
            && first < node->op->slice + node->op->row->width)
            return true;
    return false;
}

void stretch_find_lenders(lpu_machine *m)
{
    lpu_stretch *s = m->tensor->stretch;
    bool stay[MATRIX_PLANES];
    for (unsigned plane = 0; plane < MATRIX_PLANES; plane++)
        stay[plane] = do_rows_stay(s, plane);
    for (stretch_node *node = s->nodes; node < s->nodes + s->node_count; node++) {
        if (node->op->family == &lpu_reads)
            node->lends = !meets_writer(s, node);
        else if (node->op->family == &lpu_takes || node->op->family == &lpu_row_reads)
            node->lends = stay[node->op->plane];
    }
}

/* Feeds ------------------------------------------------------------------------------------------------------------ */
/* What is taken from a plane's exit: the bursts that do so, and in the order of cycles where each result goes. */
typedef struct {
    uint64_t takers;
    uint32_t count, rows[MOST_CYCLES];
    bool adds[MOST_CYCLES];
} taken_results;

static uint64_t bit_of(const lpu_stretch *s, const stretch_node *node) { return 1ull << (node - s->nodes); }

static void add_taker(const lpu_stretch *s, const stretch_node *node, taken_results *taken)
{
    taken->takers |= bit_of(s, node);
    for (uint32_t i = 0; i < node->count; i++) {
        taken->adds[taken->count] = node->op->row->semantics == LPU_SEM_ACC_ADD;
        taken->rows[taken->count++] = s->rows[node->first_time + i];
    }
}

/* False when some of it does not go to rows, or those do not stay. Bursts of one unit follow one another. */
static bool find_taken(const lpu_stretch *s, unsigned plane, taken_results *taken)
{
    taken->takers = taken->count = 0;
    for (const stretch_node *node = s->nodes; node < s->nodes + s->node_count; node++) {
        if (is_of(node, &lpu_emits, plane) || (is_of(node, &lpu_takes, plane) && !node->lends))
            return false;
        if (is_of(node, &lpu_takes, plane))
            add_taker(s, node, taken);
    }
    return taken->count;
}

/* The only burst of activations of a plane: NULL if there is none, or another. */
static stretch_node *feeder_of(lpu_stretch *s, unsigned plane)
{
    stretch_node *found = NULL;
    for (stretch_node *node = s->nodes; node < s->nodes + s->node_count; node++) {
        if (!is_of(node, &lpu_activations, plane))
            continue;
        if (found)
            return NULL;
        found = node;
    }
    return found;
}

/* All that comes before a burst of activations, but for what takes from its own plane. */
static uint64_t bursts_before(const lpu_stretch *s, const stretch_node *feeder, uint64_t takers)
{
    uint64_t before = feeder->after & ~takers, known = 0;
    while (before != known) {
        known = before;
        for (unsigned n = 0; n < s->node_count; n++)
            before |= known >> n & 1 ? s->nodes[n].after : 0;
    }
    return before;
}

/* Whether bursts have nothing to do with planes. */
static bool are_apart(const lpu_stretch *s, uint64_t bursts)
{
    for (unsigned n = 0; n < s->node_count; n++) {
        const lpu_family *family = s->nodes[n].op->family;
        bool of_plane = family == &lpu_activations || family == &lpu_takes || family == &lpu_emits;
        if (bursts >> n & 1 && of_plane)
            return false;
    }
    return true;
}

/* Those of a plane: whether there are. Activations of the last cycles are taken when the stretch is over. */
static bool begin_feed(lpu_machine *m, unsigned plane)
{
    lpu_stretch *s = m->tensor->stretch;
    stretch_node *feeder = feeder_of(s, plane);
    taken_results taken;
    if (!feeder || !find_taken(s, plane, &taken))
        return false;
    uint64_t before = bursts_before(s, feeder, taken.takers);
    int type = feeder->op->row->type;
    if (!are_apart(s, before) || !matrix_begin_feed(m->tensor->matrix, plane, type, taken.rows, taken.count, taken.adds))
        return false;
    for (unsigned n = 0; n < s->node_count; n++)
        if (before >> n & 1)
            s->nodes[n].early = s->length;
    if (s->length > MATRIX_LATENCY)
        feeder->early = s->length - MATRIX_LATENCY;
    return true;
}

bool stretch_begin_feeds(lpu_machine *m)
{
    bool any = false;
    for (unsigned plane = 0; plane < MATRIX_PLANES; plane++)
        any |= begin_feed(m, plane);
    return any;
}
