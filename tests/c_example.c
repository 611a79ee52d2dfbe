/* The core from C alone: add two words of memory, then divide by zero. Prints what the test expects.
 *
 * The program was encoded by tests/test_core_c_api.py, which passes it as little-endian syllables in a file:
 *     { ld r1, [0] || ld r2, [W] }   nop 3   { add r3, r1, r2 }   { st [1], r3 || div r4, r3, 0 }
 * where W is the first word of the second bank.
 */
#include <inttypes.h>
#include <stdio.h>
#include "lpu.h"

enum { MAX_TEXT = 1024, WORDS_PER_BANK = 2 * 16 / 4 * 64 };

static size_t read_file(const char *name, uint8_t *bytes)
{
    FILE *file = fopen(name, "rb");
    if (!file)
        return 0;
    size_t size = fread(bytes, 1, MAX_TEXT, file);
    fclose(file);
    return size;
}

static void show(const lpu_machine *machine, lpu_status status)
{
    static const char *const names[] = {"running", "halted", "fault"};
    lpu_state state;
    lpu_get_state(machine, &state);
    printf("%s in cycle %" PRIu64 " at %" PRIu32 ": r1 = %" PRIu32 ", r3 = %" PRIu32 ", %" PRIu32 " in flight\n",
           names[status], state.cycle, state.pc, state.registers[1], state.registers[3], state.write_count);
}

int main(int argc, char **argv)
{
    static const uint8_t twenty[4] = {20}, twenty_two[4] = {22};
    const lpu_parameters tiny = {.superlanes = 2, .quads = 2, .banks = 2, .rows = 64, .streams = 32, .vxm_alus = 16, .mxm_planes = 4};
    uint8_t text[MAX_TEXT];
    size_t size = argc > 1 ? read_file(argv[1], text) : 0;
    lpu_machine *machine = lpu_create(&tiny, text, size / 8, 0);
    if (!machine)
        return 1;
    lpu_load(machine, 0, twenty, sizeof twenty);
    lpu_load(machine, WORDS_PER_BANK * 4, twenty_two, sizeof twenty_two);
    show(machine, lpu_run(machine, 2));
    show(machine, lpu_run(machine, 100));
    const lpu_fault *fault = lpu_get_fault(machine);
    if (fault)
        printf("fault %" PRId64 " in slot %" PRId64 ": %" PRId64 " / %" PRId64 "\n", fault->code, fault->slot,
               fault->value, fault->value2);
    printf("issued %" PRIu64 " times, SRAM of %zu bytes\n", lpu_issue_counts(machine)[0], lpu_sram_bytes(machine));
    lpu_destroy(machine);
    return 0;
}
