/* Any text, on machines of any parameters: refused, or decoded at each address, which runs or faults. */
#include "input.h"

enum { ADDRESSES = 64, SOME_CYCLES = 6 };

/* Parameters as they come; where they could be taken, small ones. */
static void create_with_any(fuzz_input input)
{
    lpu_parameters any;
    uint32_t *numbers[] = {&any.superlanes, &any.quads, &any.banks, &any.rows, &any.streams, &any.vxm_alus,
                           &any.mxm_planes, &any.strict};
    for (unsigned i = 0; i < sizeof numbers / sizeof *numbers; i++)
        *numbers[i] = (uint32_t)fuzz_take_any(&input);
    any.uninit = (lpu_uninit)(fuzz_take(&input, 1) % 3);
    if (any.superlanes <= 32 && any.quads <= 16 && any.rows <= 4096)
        any.superlanes %= 3, any.quads %= 3, any.rows %= 17;
    lpu_destroy(lpu_create(&any, input.data, input.left / SYLLABLE_BYTES, (uint32_t)fuzz_take_any(&input)));
}

static void run_from(lpu_machine *m, uint32_t address)
{
    lpu_state state;
    lpu_get_state(m, &state);
    state.pc = address;
    state.fetch_ended = 0;
    state.next_fetch = state.cycle;
    state.loop_count = state.write_count = 0;
    state.jump_pc = state.jump_slot = state.jump_cycle = LPU_NOWHERE;
    if (lpu_set_state(m, &state))
        return;
    uint64_t until = state.cycle + SOME_CYCLES;
    fuzz_ensure_sound(m, lpu_run(m, until), until);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = {data, size};
    create_with_any(input);
    if (size < HEADER_BYTES)
        return 0;
    lpu_machine *m = fuzz_start(&input);
    for (uint32_t address = 0; m && address < ADDRESSES; address++)
        run_from(m, address);
    lpu_destroy(m);
    return 0;
}
