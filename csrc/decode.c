/* Text to ops: the inverse of isa/codec.py, reading the same formats. Whatever is not exactly what the encoder
 * makes is illegal. */
#include <string.h>
#include "op.h"
#include "predecode.h"

enum { PAYLOAD_START = 1 + LPU_OPCODE_BITS, SYLLABLE_BITS = 64 };

static uint64_t bits_of(uint64_t word, unsigned position, unsigned width)
{
    return width ? word >> position & (~0ull >> (SYLLABLE_BITS - width)) : 0;
}

static bool zero_from(uint64_t word, unsigned position) { return position >= SYLLABLE_BITS || !(word >> position); }
static bool is_stop(uint64_t word) { return word & 1; }
static unsigned opcode_of(uint64_t word) { return (unsigned)bits_of(word, 1, LPU_OPCODE_BITS); }

/* The row of a format whose selectors are `select`, by bisection; NULL when there is none. */
static const lpu_row *row_with(unsigned format, unsigned select)
{
    size_t low = 0, high = LPU_ROWS;
    while (low < high) {
        size_t middle = (low + high) / 2;
        const lpu_row_key *key = &lpu_row_keys[middle];
        if (key->format == format && key->select == select)
            return &lpu_rows[key->row];
        if (key->format < format || (key->format == format && key->select < select))
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static const lpu_row *row_of(uint64_t word, const lpu_format_spec **format)
{
    unsigned number = lpu_format_of_opcode[opcode_of(word)], select = 0, position = 0;
    if (number == LPU_NONE)
        return NULL;
    *format = &lpu_formats[number];
    for (unsigned i = 0; i < (*format)->selector_count; i++) {
        const lpu_selector *selector = &(*format)->selectors[i];
        select |= (unsigned)bits_of(word, selector->position, selector->width) << position;
        position += selector->width;
    }
    return row_with(number, select);
}

/* The op's second syllable, if it has one; false when there is one that may not be. */
static bool extension_at(const lpu_machine *m, uint32_t at, const lpu_format_spec *format, bool *present,
                         uint64_t *word)
{
    *present = !is_stop(m->text[at]) && at + 1 < m->length && opcode_of(m->text[at + 1]) == LPU_EXTENSION_OPCODE;
    *word = *present ? m->text[at + 1] : 0;
    return !*present || (format->ext_bits && zero_from(*word, PAYLOAD_START + format->ext_bits));
}

/* Whether a field as stored needs no extension: its high bits are those that the base part is extended with. */
static bool fits_base(const lpu_field_spec *spec, uint64_t raw)
{
    if (!spec->is_signed || !spec->width)
        return !(raw >> spec->width);
    uint64_t high = raw >> (spec->width - 1);
    return !high || high == (1ull << (spec->total - spec->width + 1)) - 1;
}

static uint64_t sign_extended(uint64_t raw, unsigned bits)
{
    return bits && raw >> (bits - 1) & 1 ? raw | ~0ull << bits : raw;
}

/* Decode the fields; true when some field needs the extension. */
static bool decode_fields(lpu_op *op, const lpu_format_spec *format, uint64_t word, bool extended, uint64_t extension)
{
    bool needed = false;
    op->present = 0;
    for (unsigned i = 0; i < format->count; i++) {
        const lpu_field_spec *spec = &format->fields[i];
        uint64_t high = bits_of(extension, spec->ext_position, (unsigned)(spec->total - spec->width));
        uint64_t raw = bits_of(word, spec->position, spec->width) | high << spec->width;
        needed |= extended && !fits_base(spec, raw);
        raw = spec->is_signed ? sign_extended(raw, extended ? spec->total : spec->width) : raw;
        op->fields[spec->field] = raw + spec->bias;
        op->present |= 1ull << spec->field;
    }
    return needed;
}

/* The op at `at`; the number of syllables it takes, or 0 when it is illegal. */
static unsigned decode_op(const lpu_machine *m, uint32_t at, lpu_op *op)
{
    const lpu_format_spec *format;
    bool extended;
    uint64_t word = m->text[at], extension;
    op->row = row_of(word, &format);
    if (!op->row || !zero_from(word, format->used_bits) || !extension_at(m, at, format, &extended, &extension))
        return 0;
    if (decode_fields(op, format, word, extended, extension) != extended)
        return 0;
    uint64_t instance = has_field(op, LPU_FIELD_U) ? op->fields[LPU_FIELD_U] : 0;
    uint64_t set = op->row->where_field == LPU_NONE ? 0 : op->fields[op->row->where_field];
    op->unit = (uint16_t)(op->row->unit_first + instance + op->row->step * set);
    return instance < op->row->instances && lpu_is_legal(m, op) ? 1 + extended : 0;
}

/* Claim an op's units; false when one is claimed already. */
static bool claim_units(lpu_bundle *bundle, const lpu_op *op)
{
    unsigned step = op->row->step ? op->row->step : 1;
    for (unsigned i = 0; i < op->row->claims; i++) {
        unsigned unit = op->unit + i * step;
        uint64_t bit = 1ull << unit % 64;
        if (unit >= LPU_UNITS || bundle->claimed[unit / 64] & bit)
            return false;
        bundle->claimed[unit / 64] |= bit;
    }
    return true;
}

/* Put a scalar op where its unit belongs. */
static void insert_op(lpu_bundle *bundle, const lpu_op *op)
{
    unsigned i = bundle->count++;
    for (; i > 0 && bundle->ops[i - 1].unit > op->unit; i--)
        bundle->ops[i] = bundle->ops[i - 1];
    bundle->ops[i] = *op;
}

/* Decode a bundle; what it holds of the tensor face goes into `ops`, in unit order, unless that is NULL. */
static bool decode_bundle(const lpu_machine *m, uint32_t pc, lpu_bundle *bundle, lpu_tensor_op *ops)
{
    lpu_op op;
    bundle->pc = bundle->next = pc;
    bundle->count = bundle->tensor_count = 0;
    memset(bundle->claimed, 0, sizeof bundle->claimed);
    do {
        unsigned used = bundle->next < m->length ? decode_op(m, bundle->next, &op) : 0;
        op.slot = (uint16_t)(bundle->count + bundle->tensor_count);
        if (!used || !claim_units(bundle, &op))
            return false;
        if (!op.row->tensor)
            insert_op(bundle, &op);
        else if (ops)
            lpu_insert_tensor_op(m, ops, bundle->tensor_count++, &op, pc);
        else
            bundle->tensor_count++;
        bundle->next += used;
    } while (!is_stop(m->text[bundle->next - 1]));
    return true;
}

bool lpu_decode_bundle(const lpu_machine *m, uint32_t pc, lpu_bundle *bundle)
{
    return decode_bundle(m, pc, bundle, NULL);
}

static uint8_t marks_of(const lpu_op *op)
{
    return (op->row->control ? HAS_CONTROL : 0) | (op->row->memory ? HAS_ACCESS : 0);
}

/* False when memory runs out. */
static bool mark_bundle(lpu_machine *m, uint32_t pc)
{
    lpu_bundle bundle;
    lpu_tensor_op *ops = lpu_tensor_room(m);
    m->marks[pc] |= STARTS;
    if (!ops || !decode_bundle(m, pc, &bundle, ops))
        return ops;
    lpu_keep_tensor_ops(m, bundle.tensor_count);
    m->marks[pc] |= LEGAL | (bundle.tensor_count ? HAS_TENSOR : 0);
    for (unsigned i = 0; i < bundle.count; i++) {
        const lpu_op *op = &bundle.ops[i];
        m->marks[pc] |= marks_of(op);
        if (op->row->control == LPU_CONTROL_LOOP && op->fields[LPU_FIELD_TARGET] <= m->length)
            m->marks[op->fields[LPU_FIELD_TARGET]] |= ENDS_LOOP;
    }
    return true;
}

bool lpu_mark_text(lpu_machine *m, uint32_t from)
{
    for (uint32_t pc = from; pc < m->length; pc++)
        if ((pc == 0 || is_stop(m->text[pc - 1])) && !mark_bundle(m, pc))
            return false;
    return true;
}

bool lpu_body_is_legal(const lpu_machine *m, uint64_t start, uint64_t end)
{
    uint32_t limit = start < m->end ? m->end : m->length;
    if (end <= start || end > limit || (end < limit && !(m->marks[end] & STARTS)))
        return false;
    uint64_t last = end - 1;
    while (last > 0 && !(m->marks[last] & STARTS) && end - last < MAX_BUNDLE_SYLLABLES)
        last--; /* what is longer is no legal bundle */
    return (m->marks[last] & (STARTS | LEGAL | HAS_CONTROL)) == (STARTS | LEGAL);
}
