/* Changes of inputs that know of the text in them: syllables are made from the formats of the instruction table, and
 * changed field by field. Half of all changes are libFuzzer's own. */
#include <string.h>
#include "input.h"
#include "isa.gen.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);

/* Random numbers (xorshift): all that is random comes from libFuzzer's seed. */
static uint64_t random_state;

static uint64_t random_below(uint64_t limit)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return limit ? random_state % limit : 0;
}

static uint64_t mask(unsigned width) { return width ? ~0ull >> (64 - width) : 0; }

/* Small numbers, the greatest, and any: of those that fit. */
static uint64_t random_field(unsigned width)
{
    uint64_t any = random_below(UINT64_MAX), how = random_below(8);
    return (how < 5 ? any % 6 : how == 5 ? ~0ull : any) & mask(width);
}

static void put_bits(uint64_t *word, unsigned position, unsigned width, uint64_t bits)
{
    if (width) /* else the field is in the extension, and the position may be behind the syllable */
        *word = (*word & ~(mask(width) << position)) | (bits & mask(width)) << position;
}

static const lpu_format_spec *format_of(uint64_t word)
{
    unsigned number = lpu_format_of_opcode[word >> 1 & mask(LPU_OPCODE_BITS)];
    return number == LPU_NONE ? NULL : &lpu_formats[number];
}

/* A syllable of a row of the table. */
static uint64_t random_syllable(void)
{
    const lpu_row_key *key = &lpu_row_keys[random_below(LPU_ROWS)];
    const lpu_format_spec *format = &lpu_formats[key->format];
    uint64_t word = (uint64_t)format->opcode << 1 | random_below(2), select = key->select;
    for (unsigned i = 0; i < format->selector_count; i++) {
        put_bits(&word, format->selectors[i].position, format->selectors[i].width, select);
        select >>= format->selectors[i].width;
    }
    for (unsigned i = 0; i < format->count; i++)
        put_bits(&word, format->fields[i].position, format->fields[i].width, random_field(format->fields[i].width));
    return word;
}

/* The same with another number in one field; what has no format becomes what has one. */
static uint64_t with_other_field(uint64_t word)
{
    const lpu_format_spec *format = format_of(word);
    if (!format || !format->count)
        return random_syllable();
    const lpu_field_spec *field = &format->fields[random_below(format->count)];
    put_bits(&word, field->position, field->width, random_field(field->width));
    return word;
}

static uint64_t syllable_at(const uint8_t *data, size_t at)
{
    uint64_t word;
    memcpy(&word, data + at, sizeof word);
    return word;
}

/* One syllable more at `at`, if there is room; the size then. */
static size_t insert(uint8_t *data, size_t size, size_t max_size, size_t at, uint64_t word)
{
    if (size + SYLLABLE_BYTES > max_size || data[LENGTH_AT] == UINT8_MAX)
        return size;
    memmove(data + at + SYLLABLE_BYTES, data + at, size - at);
    memcpy(data + at, &word, sizeof word);
    data[LENGTH_AT]++;
    return size + SYLLABLE_BYTES;
}

static size_t drop(uint8_t *data, size_t size, size_t at)
{
    memmove(data + at, data + at + SYLLABLE_BYTES, size - at - SYLLABLE_BYTES);
    data[LENGTH_AT]--;
    return size - SYLLABLE_BYTES;
}

static size_t change_text(uint8_t *data, size_t size, size_t max_size)
{
    size_t there = (size - TEXT_AT) / SYLLABLE_BYTES, length = data[LENGTH_AT] < there ? data[LENGTH_AT] : there;
    data[LENGTH_AT] = (uint8_t)length;
    size_t at = TEXT_AT + SYLLABLE_BYTES * random_below(length + 1), end = TEXT_AT + SYLLABLE_BYTES * length;
    if (at == end)
        return insert(data, size, max_size, at, random_syllable());
    uint64_t word = syllable_at(data, at);
    switch (random_below(6)) {
    case 0: return insert(data, size, max_size, at, random_syllable());
    case 1: return insert(data, size, max_size, at, word);
    case 2: return drop(data, size, at);
    case 3: word = random_syllable(); break;
    case 4: word ^= 1; break; /* the stop bit */
    default: word = with_other_field(word); break;
    }
    memcpy(data + at, &word, sizeof word);
    return size;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    random_state = seed * 0x9E3779B97F4A7C15ull + 1;
    if (size < HEADER_BYTES || random_below(2))
        return LLVMFuzzerMutate(data, size, max_size);
    for (uint64_t changes = 1 + random_below(3); changes > 0; changes--)
        size = change_text(data, size, max_size);
    return size;
}
