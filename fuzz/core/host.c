/* What a host may do to a machine between runs: store, write registers and counts, of any numbers; then run on. */
#include <string.h>
#include "input.h"

enum { CALLS = 24, BLOCKS = 8, STEPS = 32 };

/* That the walk from count to count finds all that are there, and nothing else. */
static void ensure_walk(lpu_machine *m)
{
    const uint64_t *counts = lpu_issue_counts(m);
    size_t end = lpu_next_issued(m, SIZE_MAX), next = lpu_next_issued(m, 0);
    for (size_t at = 0; at < end; at++) {
        ENSURE((counts[at] != 0) == (at == next));
        next = at == next ? lpu_next_issued(m, at + 1) : next;
    }
    ENSURE(next == end);
}

/* Those of the byte at an address and of seven around it. */
static uint8_t written_bits(const lpu_machine *m, size_t address)
{
    uint8_t bits;
    ENSURE(!lpu_get_written(m, address / 8, &bits, 1));
    return bits;
}

static void load(lpu_machine *m, fuzz_input *input)
{
    size_t address = (size_t)fuzz_take_any(input), size = (size_t)fuzz_take(input, 1);
    const uint8_t *data = fuzz_take_bytes(input, &size);
    bool fits = address <= lpu_sram_bytes(m) && size <= lpu_sram_bytes(m) - address;
    ENSURE(lpu_load(m, address, data, size) == (fits ? 0 : -1));
    for (size_t i = 0; fits && i < size; i++)
        ENSURE(lpu_sram(m)[address + i] == data[i] && written_bits(m, address + i) >> (address + i) % 8 & 1);
}

static void set_register(lpu_machine *m, fuzz_input *input)
{
    uint32_t reg = (uint32_t)fuzz_take_any(input), value = (uint32_t)fuzz_take_any(input);
    ENSURE(lpu_set_register(m, reg, value) == (reg < LPU_REGISTERS ? 0 : -1));
    ENSURE(reg >= LPU_REGISTERS || lpu_registers(m)[reg] == value);
}

static void set_count(lpu_machine *m, fuzz_input *input)
{
    size_t at = (size_t)fuzz_take(input, 1);
    uint64_t count = (uint64_t)fuzz_take_any(input);
    if (at < lpu_next_issued(m, SIZE_MAX))
        lpu_issue_counts(m)[at] = count;
}

/* Bytes and written bits set without lpu_load, as a host does who restores them. */
static void poke(lpu_machine *m, fuzz_input *input)
{
    size_t at = (size_t)fuzz_take(input, 2) % lpu_sram_bytes(m);
    lpu_sram(m)[at] = (uint8_t)fuzz_take(input, 1);
    uint8_t bits = (uint8_t)fuzz_take(input, 1);
    ENSURE(!lpu_set_written(m, at / 8, &bits, 1));
    ENSURE(written_bits(m, at) == bits);
    memset(lpu_changed(m), 0, 1);
}

/* That no more blocks and steps are told than there is room for. */
static void tell_region(lpu_machine *m, fuzz_input *input)
{
    lpu_block blocks[BLOCKS];
    lpu_step steps[STEPS];
    size_t room = (size_t)fuzz_take(input, 1) % (BLOCKS + 1), step_room = (size_t)fuzz_take(input, 1) % (STEPS + 1);
    size_t count = lpu_tell_region(m, (uint64_t)fuzz_take_any(input), blocks, room, steps, step_room);
    ENSURE(count <= room);
    for (size_t i = 0; i < count; i++)
        ENSURE(blocks[i].first_step <= step_room && blocks[i].step_count <= step_room - blocks[i].first_step);
}

static void call(lpu_machine *m, fuzz_input *input)
{
    switch (fuzz_take(input, 1) % 6) {
    case 0: load(m, input); break;
    case 1: set_register(m, input); break;
    case 2: set_count(m, input); break;
    case 3: poke(m, input); break;
    case 4: tell_region(m, input); break;
    default: lpu_run(m, lpu_cycle(m) + fuzz_take(input, 1) % 32); break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < HEADER_BYTES)
        return 0;
    fuzz_input input = {data, size};
    lpu_machine *m = fuzz_start(&input);
    if (!m)
        return 0;
    for (unsigned i = 0; i < CALLS && input.left; i++)
        call(m, &input);
    lpu_run(m, lpu_cycle(m) + CYCLES);
    ensure_walk(m);
    lpu_destroy(m);
    return 0;
}
