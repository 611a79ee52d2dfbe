/* Text to ops: the inverse of isa/codec.py, reading the same formats. Whatever is not exactly what the encoder
 * makes is illegal. */
#include "op.h"

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

/* Decode the fields; true when some field needs the extension. */
static bool decode_fields(lpu_op *op, const lpu_format_spec *format, uint64_t word, uint64_t extension)
{
    bool needed = false;
    op->present = 0;
    for (unsigned i = 0; i < format->count; i++) {
        const lpu_field_spec *spec = &format->fields[i];
        uint64_t high = bits_of(extension, spec->ext_position, (unsigned)(spec->total - spec->width));
        op->fields[spec->field] = (bits_of(word, spec->position, spec->width) | high << spec->width) + spec->bias;
        op->present |= 1ull << spec->field;
        needed |= high != 0;
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
    if (!op->row || op->row->tensor || !zero_from(word, format->used_bits) || !extension_at(m, at, format, &extended, &extension))
        return 0;
    if (decode_fields(op, format, word, extension) != extended)
        return 0;
    uint64_t instance = has_field(op, LPU_FIELD_U) ? op->fields[LPU_FIELD_U] : 0;
    op->unit = (uint8_t)(op->row->unit_first + instance);
    return instance < op->row->instances ? 1 + extended : 0;
}

/* Put an op where its unit belongs; false when the unit is claimed. */
static bool insert_op(lpu_bundle *bundle, const lpu_op *op)
{
    unsigned i = bundle->count++;
    for (; i > 0 && bundle->ops[i - 1].unit >= op->unit; i--) {
        if (bundle->ops[i - 1].unit == op->unit)
            return false;
        bundle->ops[i] = bundle->ops[i - 1];
    }
    bundle->ops[i] = *op;
    return true;
}

bool lpu_decode_bundle(const lpu_machine *m, uint32_t pc, lpu_bundle *bundle)
{
    bundle->pc = bundle->next = pc;
    bundle->count = 0;
    do {
        lpu_op op;
        unsigned used = bundle->next < m->length && bundle->count < MAX_OPS ? decode_op(m, bundle->next, &op) : 0;
        op.slot = (uint8_t)bundle->count;
        if (!used || !insert_op(bundle, &op))
            return false;
        bundle->next += used;
    } while (!is_stop(m->text[bundle->next - 1]));
    return true;
}

static void mark_bundle(lpu_machine *m, uint32_t pc)
{
    lpu_bundle bundle;
    m->marks[pc] |= STARTS;
    if (!lpu_decode_bundle(m, pc, &bundle))
        return;
    m->marks[pc] |= LEGAL;
    for (unsigned i = 0; i < bundle.count; i++) {
        const lpu_op *op = &bundle.ops[i];
        if (op->row->control)
            m->marks[pc] |= HAS_CONTROL;
        if (op->row->control == LPU_CONTROL_LOOP && op->fields[LPU_FIELD_TARGET] <= m->length)
            m->marks[op->fields[LPU_FIELD_TARGET]] |= ENDS_LOOP;
    }
}

void lpu_mark_text(lpu_machine *m)
{
    for (uint32_t pc = 0; pc < m->length; pc++)
        if (pc == 0 || is_stop(m->text[pc - 1]))
            mark_bundle(m, pc);
}

bool lpu_body_is_legal(const lpu_machine *m, uint64_t start, uint64_t end)
{
    if (end <= start || end > m->length || (end < m->length && !(m->marks[end] & STARTS)))
        return false;
    uint64_t last = end - 1;
    while (last > 0 && !(m->marks[last] & STARTS) && end - last < MAX_BUNDLE_SYLLABLES)
        last--; /* what is longer is no legal bundle */
    return (m->marks[last] & (STARTS | LEGAL | HAS_CONTROL)) == (STARTS | LEGAL);
}
