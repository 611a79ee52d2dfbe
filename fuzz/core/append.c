/* Text put behind a program that runs: refused, or there to be jumped to, with nothing else changed. */
#include <string.h>
#include "input.h"

enum { TEXTS = 4, MORE_CYCLES = 60 };

static void go_to(lpu_machine *m, uint32_t address)
{
    lpu_state state;
    lpu_get_state(m, &state);
    state.pc = address;
    state.fetch_ended = 0;
    state.next_fetch = state.cycle;
    state.jump_pc = state.jump_slot = state.jump_cycle = LPU_NOWHERE;
    if (lpu_set_state(m, &state))
        return;
    uint64_t until = state.cycle + MORE_CYCLES;
    fuzz_ensure_sound(m, lpu_run(m, until), until);
}

static void append(lpu_machine *m, fuzz_input *input)
{
    size_t bytes = (size_t)fuzz_take(input, 1) % 32 * SYLLABLE_BYTES;
    const uint8_t *text = fuzz_take_bytes(input, &bytes);
    size_t before = lpu_next_issued(m, SIZE_MAX);
    lpu_state state, after;
    lpu_get_state(m, &state);
    int64_t address = lpu_append(m, text, bytes / SYLLABLE_BYTES);
    lpu_get_state(m, &after);
    ENSURE(!memcmp(&state, &after, sizeof state));
    ENSURE(address >= (int64_t)before);
    ENSURE(lpu_next_issued(m, SIZE_MAX) >= (size_t)address + bytes / SYLLABLE_BYTES);
    if (fuzz_take(input, 1) % 2)
        go_to(m, (uint32_t)(address + fuzz_take_any(input)));
    else
        lpu_run(m, lpu_cycle(m) + MORE_CYCLES);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < HEADER_BYTES)
        return 0;
    fuzz_input input = {data, size};
    lpu_machine *m = fuzz_start(&input);
    if (!m)
        return 0;
    lpu_run(m, fuzz_take(&input, 1) % 64);
    for (unsigned i = 0; i < TEXTS && input.left; i++)
        append(m, &input);
    lpu_destroy(m);
    return 0;
}
