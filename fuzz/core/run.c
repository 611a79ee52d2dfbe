/* Text, memory and registers on a tiny machine: a run that is paused anywhere is the run that goes through. */
#include "input.h"

enum { PAUSES = 20 };

static lpu_status run_with_pauses(lpu_machine *m, fuzz_input pauses)
{
    lpu_status status = LPU_RUNNING;
    for (unsigned i = 0; i < PAUSES && status == LPU_RUNNING && lpu_cycle(m) < CYCLES; i++) {
        uint64_t until = lpu_cycle(m) + fuzz_take(&pauses, 1) % 32;
        until = until < CYCLES ? until : CYCLES;
        status = lpu_run_slice(m, until);
        ENSURE(status != LPU_STOPPED && lpu_cycle(m) <= until);
    }
    return lpu_run(m, CYCLES);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < HEADER_BYTES)
        return 0;
    fuzz_input input = {data, size}, again = input;
    lpu_machine *whole = fuzz_start(&input), *paused = fuzz_start(&again);
    if (whole && paused) {
        lpu_status status = lpu_run(whole, CYCLES);
        fuzz_ensure_sound(whole, status, CYCLES);
        ENSURE(run_with_pauses(paused, input) == status);
        fuzz_ensure_same(whole, paused);
    }
    lpu_destroy(whole);
    lpu_destroy(paused);
    return 0;
}
