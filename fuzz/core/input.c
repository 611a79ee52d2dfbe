#include "input.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void fuzz_ensure(bool holds, const char *what, const char *file, int line)
{
    if (holds)
        return;
    fprintf(stderr, "%s:%d: it does not hold that %s\n", file, line, what);
    abort();
}

/* Bytes ------------------------------------------------------------------------------------------------------------ */
uint64_t fuzz_take(fuzz_input *input, size_t bytes)
{
    const uint8_t *data = fuzz_take_bytes(input, &bytes);
    uint64_t number = 0;
    for (size_t i = 0; i < bytes; i++)
        number |= (uint64_t)data[i] << 8 * i;
    return number;
}

int64_t fuzz_take_any(fuzz_input *input)
{
    uint64_t how = fuzz_take(input, 1);
    if (how < 0xF0)
        return (int64_t)how - 8;
    return (int64_t)fuzz_take(input, how % 8 + 1);
}

const uint8_t *fuzz_take_bytes(fuzz_input *input, size_t *bytes)
{
    const uint8_t *data = input->data;
    *bytes = *bytes < input->left ? *bytes : input->left;
    input->data += *bytes;
    input->left -= *bytes;
    return data;
}

/* Machines --------------------------------------------------------------------------------------------------------- */
/* Mostly 1, for what a machine costs goes with it. */
static uint32_t size_of(uint8_t byte) { return byte % 8 == 7 ? 3 : byte % 8 == 6 ? 2 : 1; }

lpu_parameters fuzz_parameters(const uint8_t header[HEADER_BYTES])
{
    return (lpu_parameters){
        .superlanes = size_of(header[0]), .quads = size_of(header[1]), .banks = 1 + header[2] % 2,
        .rows = 1 + header[3] % 16, .streams = 4 + 4 * (header[4] % 8u), .vxm_alus = 1 + header[5] % 16,
        .mxm_planes = 2 * (header[6] % 3u), .uninit = (lpu_uninit)(header[7] % 3), .strict = header[7] / 3 % 2,
    };
}

/* Bytes of some pattern in all of SRAM but the end, that some loads may find what was never written. */
static void fill(lpu_machine *m, unsigned pattern)
{
    size_t size = lpu_sram_bytes(m) - lpu_sram_bytes(m) / 16;
    uint8_t *data = malloc(size);
    ENSURE(data);
    for (size_t i = 0; i < size; i++)
        data[i] = (uint8_t)(i % (pattern + 1));
    ENSURE(!lpu_load(m, 0, data, size));
    free(data);
    for (unsigned reg = 0; reg < LPU_REGISTERS; reg++)
        lpu_set_register(m, reg, pattern % 2 ? reg % 5 : reg * 0x9E3779B9u * pattern);
}

lpu_machine *fuzz_start(fuzz_input *input)
{
    size_t size = HEADER_BYTES, text_bytes;
    const uint8_t *header = fuzz_take_bytes(input, &size);
    lpu_parameters parameters = fuzz_parameters(header);
    text_bytes = (size_t)header[LENGTH_AT] * SYLLABLE_BYTES;
    const uint8_t *text = fuzz_take_bytes(input, &text_bytes);
    lpu_machine *m = lpu_create(&parameters, text, text_bytes / SYLLABLE_BYTES, header[8]);
    if (m)
        fill(m, header[9]);
    return m;
}

/* Properties ------------------------------------------------------------------------------------------------------- */
bool fuzz_next_item(lpu_machine *m, lpu_item *item)
{
    *item = (lpu_item){.size = 0};
    return lpu_items_next(m, item);
}

static uint64_t digest_bytes(uint64_t digest, const void *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        digest = (digest ^ ((const uint8_t *)bytes)[i]) * 0x100000001B3ull; /* FNV-1a */
    return digest;
}

/* Of all items together, in whatever order they come. */
static uint64_t digest_items(lpu_machine *m)
{
    uint64_t sum = 0;
    lpu_items_begin(m);
    for (lpu_item item; fuzz_next_item(m, &item);) {
        uint64_t digest = digest_bytes(0xCBF29CE484222325ull, &item.kind, sizeof item.kind);
        digest = digest_bytes(digest, item.numbers, sizeof item.numbers);
        sum += item.size ? digest_bytes(digest, item.data, item.size) : digest;
    }
    return sum;
}

static uint8_t written_bits(const lpu_machine *m, size_t at)
{
    uint8_t bits;
    ENSURE(!lpu_get_written(m, at, &bits, 1));
    return bits;
}

void fuzz_ensure_same(lpu_machine *a, lpu_machine *b)
{
    lpu_state one, other;
    size_t bytes = lpu_sram_bytes(a);
    const lpu_fault *fault = lpu_get_fault(a), *other_fault = lpu_get_fault(b);
    lpu_get_state(a, &one);
    lpu_get_state(b, &other);
    ENSURE(!memcmp(&one, &other, sizeof one));
    ENSURE(digest_items(a) == digest_items(b));
    ENSURE(!fault == !other_fault);
    ENSURE(!fault || !memcmp(fault, other_fault, sizeof *fault));
    ENSURE(!memcmp(lpu_sram(a), lpu_sram(b), bytes));
    for (size_t at = 0; at < bytes / 8; at++)
        ENSURE(written_bits(a, at) == written_bits(b, at));
    size_t end = lpu_next_issued(a, SIZE_MAX);
    for (size_t at = 0; at < end; at++)
        ENSURE(lpu_issue_counts(a)[at] == lpu_issue_counts(b)[at]);
}

void fuzz_ensure_sound(lpu_machine *m, lpu_status status, uint64_t until)
{
    lpu_state state;
    lpu_get_state(m, &state);
    ENSURE(state.cycle == lpu_cycle(m));
    ENSURE((status == LPU_FAULTED) == (lpu_get_fault(m) != NULL));
    ENSURE(status != LPU_RUNNING || state.cycle >= until);
    ENSURE(status != LPU_HALTED || (state.fetch_ended && !state.write_count && state.cycle >= state.settled));
    ENSURE(status != LPU_FAULTED || lpu_get_fault(m)->cycle == (int64_t)state.cycle);
}
