/* MEM: rows of the slices onto streams and back. A row of a slice is `lanes` bytes of the linear map, at a multiple of
 * 16, so it is whole words. */
#include <string.h>
#include "memory.h"
#include "units.h"

enum { SUPERLANE = LANES_PER_SUPERLANE, HEMISPHERE_SLICES = 1 << HEMISPHERE_SHIFT, SUPERLANE_WRITTEN = 15 };

static unsigned index_of(const lpu_tensor_op *op) { return op->slice % HEMISPHERE_SLICES; }

static size_t rows_of_slice(const lpu_machine *m) { return (size_t)m->parameters.rows * m->parameters.banks; }

/* The first byte of the k-th slice's row. */
static size_t row_start(const lpu_machine *m, const lpu_element *e, unsigned k)
{
    return e->op->first_byte + (k * rows_of_slice(m) + e->row) * m->tensor->lanes;
}

/* The rows that a map names, for each superlane in its lane 0. */
static const uint16_t *map_of(const lpu_machine *m, const lpu_element *e)
{
    unsigned source = e->op->source_count - 1u;
    return lpu_sampled_elements(m->tensor, e, source, m->tensor->scratch[source]);
}

static uint32_t mapped_row(const uint16_t *map, size_t superlane) { return map[superlane * SUPERLANE]; }

/* The first byte that a superlane of a gather or scatter accesses. */
static size_t mapped_start(const lpu_machine *m, const lpu_element *e, const uint16_t *map, size_t superlane)
{
    size_t row = (size_t)e->op->bank * m->parameters.rows + mapped_row(map, superlane);
    return e->op->first_byte + row * m->tensor->lanes + superlane * SUPERLANE;
}

/* Whether a map names the same row for all superlanes, as where whole rows are looked up. */
static bool names_one_row(const lpu_machine *m, const uint16_t *map)
{
    uint32_t differing = 0;
    for (size_t superlane = 1; superlane < m->parameters.superlanes; superlane++)
        differing |= mapped_row(map, superlane) ^ mapped_row(map, 0);
    return !differing;
}

static bool is_mapped(const lpu_tensor_op *op)
{
    return op->row->semantics == LPU_SEM_GATHER || op->row->semantics == LPU_SEM_SCATTER;
}

unsigned lpu_banks_of(const lpu_machine *m, const lpu_element *e, uint32_t banks[MAX_GROUP])
{
    const lpu_parameters *size = &m->parameters;
    uint32_t within = is_mapped(e->op) ? e->op->bank : e->row >= size->rows; /* there are at most two banks */
    for (unsigned k = 0; k < e->op->row->width; k++)
        banks[k] = e->op->first_bank + k * size->banks + within;
    return e->op->row->width;
}

unsigned lpu_runs_of(const lpu_machine *m, const lpu_element *e, size_t starts[MAX_RUNS], size_t *bytes)
{
    bool mapped = is_mapped(e->op);
    unsigned count = mapped ? m->parameters.superlanes : e->op->row->width;
    const uint16_t *map = mapped ? map_of(m, e) : NULL;
    *bytes = mapped ? SUPERLANE : m->tensor->lanes;
    for (unsigned k = 0; k < count; k++)
        starts[k] = mapped ? mapped_start(m, e, map, k) : row_start(m, e, k);
    return count;
}

/* E-RANGE ------------------------------------------------------------------------------------------------------ */
static bool row_out_of_range(const lpu_machine *m, const lpu_element *e, lpu_fault *fault)
{
    const lpu_tensor_op *op = e->op;
    bool in_quad = index_of(op) % SLICES_PER_QUAD + op->row->width <= SLICES_PER_QUAD;
    if (op->position != NOWHERE && in_quad && e->row < rows_of_slice(m))
        return false;
    fault->address = e->row;
    fault->value = op->slice;
    return true;
}

static bool map_out_of_range(const lpu_machine *m, const lpu_element *e, lpu_fault *fault)
{
    const lpu_tensor_op *op = e->op;
    bool absent = op->position == NOWHERE || op->bank >= m->parameters.banks;
    const uint16_t *map = absent ? NULL : map_of(m, e);
    for (size_t superlane = 0; !absent && superlane < m->parameters.superlanes; superlane++) {
        uint32_t row = mapped_row(map, superlane);
        if (row < m->parameters.rows)
            continue;
        fault->value = op->slice;
        fault->address = row;
        fault->lane = (int64_t)(superlane * SUPERLANE);
        return true;
    }
    fault->value = absent ? op->slice : 0;
    return absent;
}

/* E-UNINIT ----------------------------------------------------------------------------------------------------- */
static bool all_written(const lpu_machine *m, size_t start, size_t count)
{
    return are_written(&m->map, start / WORD_BYTES, count / WORD_BYTES);
}

/* Whether some of the bytes of `count` lanes, the first of which is `lane`, were never written. */
static bool lanes_unwritten(const lpu_machine *m, size_t start, size_t lane, size_t count, lpu_fault *fault)
{
    if (m->parameters.uninit != LPU_UNINIT_FAULT || all_written(m, start, count))
        return false;
    size_t i = 0;
    while (is_byte_written(&m->map, start + i))
        i++;
    fault->address = (int64_t)(start + i);
    fault->lane = (int64_t)(lane + i);
    return true;
}

static bool row_unwritten(const lpu_machine *m, const lpu_element *e, lpu_fault *fault)
{
    for (unsigned k = 0; k < e->op->row->width; k++)
        if (lanes_unwritten(m, row_start(m, e, k), 0, m->tensor->lanes, fault))
            return true;
    return false;
}

static bool all_mapped_written(const lpu_machine *m, const lpu_element *e, const uint16_t *map)
{
    uint64_t all = UINT64_MAX; /* a superlane's words never lie across two that bits are kept in */
    if (names_one_row(m, map))
        return all_written(m, mapped_start(m, e, map, 0), m->tensor->lanes);
    for (size_t superlane = 0; superlane < m->parameters.superlanes; superlane++) {
        size_t word = mapped_start(m, e, map, superlane) / WORD_BYTES;
        all &= m->map.written[word / WORDS_AT_ONCE] >> word % WORDS_AT_ONCE;
    }
    return (all & SUPERLANE_WRITTEN) == SUPERLANE_WRITTEN;
}

static bool map_unwritten(const lpu_machine *m, const lpu_element *e, lpu_fault *fault)
{
    const uint16_t *map = map_of(m, e);
    if (all_mapped_written(m, e, map))
        return false;
    for (size_t superlane = 0; superlane < m->parameters.superlanes; superlane++)
        if (lanes_unwritten(m, mapped_start(m, e, map, superlane), superlane * SUPERLANE, SUPERLANE, fault))
            return true;
    return false;
}

/* What they do ------------------------------------------------------------------------------------------------- */
static void read_bytes(const lpu_machine *m, uint8_t *to, size_t start, size_t count)
{
    uint8_t filler = m->parameters.uninit == LPU_UNINIT_POISON ? POISON : 0;
    memcpy(to, m->map.sram + start, count);
    if (m->parameters.uninit == LPU_UNINIT_FAULT || all_written(m, start, count))
        return;
    for (size_t i = 0; i < count; i++)
        to[i] = is_byte_written(&m->map, start + i) ? to[i] : filler;
}

static void note_written(lpu_machine *m, size_t start, size_t count)
{
    mark_words(&m->map, start / WORD_BYTES, count / WORD_BYTES);
    m->map.changed[start / LPU_CHANGED_BYTES] = m->map.changed[(start + count - 1) / LPU_CHANGED_BYTES] = 1;
}

/* Rows that are going to be asked for as elements are joined where they lie. */
static bool is_joined(const lpu_machine *m, const lpu_element *e)
{
    bool joined = e->op->wants_elements && e->op->row->width > 1;
    for (unsigned k = 0; joined && m->parameters.uninit != LPU_UNINIT_FAULT && k < e->op->row->width; k++)
        joined = all_written(m, row_start(m, e, k), m->tensor->lanes);
    return joined;
}

static void join_rows(const lpu_machine *m, const lpu_element *e, uint32_t buffer)
{
    const uint8_t *rows[MAX_GROUP];
    for (unsigned k = 0; k < e->op->row->width; k++)
        rows[k] = m->map.sram + row_start(m, e, k);
    lanes_join(elements_of(m->tensor, buffer), rows, e->op->row->width, m->tensor->lanes);
}

uint32_t lpu_lend_row(lpu_machine *m, const lpu_element *e)
{
    size_t start = row_start(m, e, 0), lanes = m->tensor->lanes;
    if (!e->lends || e->op->row->width > 1)
        return 0;
    if (m->parameters.uninit != LPU_UNINIT_FAULT && !all_written(m, start, lanes))
        return 0;
    return lpu_lend_buffer(m->tensor, 1, m->map.sram + start);
}

static void read_row(lpu_machine *m, const lpu_element *e)
{
    lpu_tensor *t = m->tensor;
    bool joined = is_joined(m, e);
    uint32_t buffer = lpu_take_buffer(t, e->op->row->width, joined ? AS_ELEMENTS : AS_PLANES);
    t->buffers.all[buffer].reader = (uint32_t)(e->op - t->ops) + 1;
    if (joined)
        join_rows(m, e, buffer);
    for (unsigned k = 0; !joined && k < e->op->row->width; k++)
        read_bytes(m, plane_of(t, buffer, k), row_start(m, e, k), t->lanes);
    lpu_send(t, e, 0, buffer);
}

/* What nobody asked for as planes is split where it goes. */
static bool split_to_rows(lpu_tensor *t, const lpu_element *e, uint8_t *const rows[])
{
    uint32_t buffer = e->buffers[0];
    if (!buffer || t->buffers.all[buffer].forms & AS_PLANES)
        return false;
    lanes_split(rows, lpu_buffer_elements(t, buffer), e->op->row->width, t->lanes);
    return true;
}

static void write_row(lpu_machine *m, const lpu_element *e)
{
    const uint8_t *planes[MAX_TAKEN];
    uint8_t *rows[MAX_GROUP];
    for (unsigned k = 0; k < e->op->row->width; k++) {
        rows[k] = m->map.sram + row_start(m, e, k);
        note_written(m, row_start(m, e, k), m->tensor->lanes);
    }
    if (split_to_rows(m->tensor, e, rows))
        return;
    lpu_sampled_planes(m->tensor, e, 0, planes);
    for (unsigned k = 0; k < e->op->row->width; k++)
        memcpy(rows[k], planes[k], m->tensor->lanes);
}

static void gather(lpu_machine *m, const lpu_element *e)
{
    const uint16_t *map = map_of(m, e);
    uint8_t *to = result_elements(m->tensor, e);
    size_t piece = names_one_row(m, map) ? m->tensor->lanes : SUPERLANE;
    for (size_t lane = 0; lane < m->tensor->lanes; lane += piece)
        read_bytes(m, to + lane, mapped_start(m, e, map, lane / SUPERLANE), piece);
}

static void scatter(lpu_machine *m, const lpu_element *e)
{
    const uint16_t *map = map_of(m, e);
    const uint8_t *from = lpu_sampled_elements(m->tensor, e, 0, m->tensor->scratch[0]);
    size_t piece = names_one_row(m, map) ? m->tensor->lanes : SUPERLANE;
    for (size_t lane = 0; lane < m->tensor->lanes; lane += piece) {
        size_t start = mapped_start(m, e, map, lane / SUPERLANE);
        memcpy(m->map.sram + start, from + lane, piece);
        note_written(m, start, piece);
    }
}

const lpu_family lpu_reads = {
    read_row, 0, {{LPU_E_RANGE, row_out_of_range, false}, {LPU_E_UNINIT, row_unwritten, false}}, EACH_TELLS,
};
const lpu_family lpu_writes = {write_row, 0, {{LPU_E_RANGE, row_out_of_range, false}}, EACH_TELLS};
const lpu_family lpu_gathers = {
    gather, 0, {{LPU_E_RANGE, map_out_of_range, false}, {LPU_E_UNINIT, map_unwritten, false}}, ALONE,
};
const lpu_family lpu_scatters = {scatter, 0, {{LPU_E_RANGE, map_out_of_range, false}}, ALONE};
