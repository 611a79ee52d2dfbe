/* Breakpoints, watches and guards of any numbers: refused, or a run that stops at them and else is what it was. */
#include "input.h"

enum { MOST = 4, RUNS = 200 };

typedef struct {
    uint32_t breakpoints[MOST];
    lpu_watch watches[MOST];
    lpu_guard guards[MOST];
    lpu_test tests[2 * MOST];
    lpu_elements elements[MOST];
    lpu_elements_run runs[MOST][2];
    size_t breakpoint_count, watch_count, guard_count, test_count;
} any_stops;

static const lpu_test *take_test(fuzz_input *input, any_stops *stops)
{
    uint64_t how = fuzz_take(input, 1);
    if (how % 4 == 0)
        return NULL;
    lpu_test *test = &stops->tests[stops->test_count++];
    test->order = (lpu_order)(how / 4 % 3);
    test->bits = how & 0x80 ? (uint32_t)fuzz_take_any(input) : 4u << how / 16 % 4;
    for (unsigned i = 0; i < 2; i++) {
        test->low[i] = (uint32_t)fuzz_take_any(input);
        test->high[i] = (uint32_t)fuzz_take_any(input);
    }
    if (how % 4 == 1) {
        test->golden_bytes = fuzz_take(input, 1);
        test->golden = fuzz_take_bytes(input, &test->golden_bytes);
    }
    return test;
}

static const lpu_elements *take_elements(fuzz_input *input, any_stops *stops, size_t number)
{
    uint64_t how = fuzz_take(input, 1);
    if (how % 2 == 0)
        return NULL;
    lpu_elements *elements = &stops->elements[number];
    *elements = (lpu_elements){(uint64_t)fuzz_take_any(input), (uint64_t)fuzz_take_any(input), stops->runs[number], 0};
    elements->run_count = how / 2 % 3;
    for (size_t i = 0; i < elements->run_count; i++) {
        lpu_elements_run *run = &stops->runs[number][i];
        run->number = (uint64_t)fuzz_take_any(input);
        run->bit = (uint64_t)fuzz_take_any(input);
        run->count = (uint64_t)fuzz_take_any(input);
    }
    return elements;
}

static void take_watch(fuzz_input *input, any_stops *stops)
{
    size_t number = stops->watch_count++;
    lpu_watch *watch = &stops->watches[number];
    watch->kind = (lpu_watch_kind)(fuzz_take(input, 1) % 8);
    watch->first = fuzz_take_any(input);
    watch->last = fuzz_take_any(input);
    watch->place = fuzz_take_any(input);
    watch->test = take_test(input, stops);
    watch->elements = take_elements(input, stops, number);
}

static void take_guard(fuzz_input *input, any_stops *stops)
{
    lpu_guard *guard = &stops->guards[stops->guard_count++];
    guard->address = (uint32_t)fuzz_take_any(input);
    guard->reg = (uint32_t)fuzz_take_any(input);
    guard->ignore = (uint64_t)fuzz_take_any(input);
    guard->test = take_test(input, stops);
}

static void take_stops(fuzz_input *input, any_stops *stops)
{
    uint64_t counts = fuzz_take(input, 1);
    for (uint64_t i = 0; i < counts % 4; i++)
        stops->breakpoints[stops->breakpoint_count++] = (uint32_t)fuzz_take_any(input);
    for (uint64_t i = 0; i < counts / 4 % 4; i++)
        take_watch(input, stops);
    for (uint64_t i = 0; i < counts / 16 % 4; i++)
        take_guard(input, stops);
}

static int set_stops(lpu_machine *m, const any_stops *stops)
{
    return lpu_set_stops(m, stops->breakpoints, stops->breakpoint_count, stops->watches, stops->watch_count,
                         stops->guards, stops->guard_count);
}

/* That a stop says what stopped, in this cycle. */
static void ensure_told(const lpu_machine *m, const any_stops *stops)
{
    unsigned hits = 0;
    for (size_t number = 0; number <= stops->watch_count + stops->guard_count; number++) {
        const lpu_stop *stop = lpu_stop_of(m, number);
        hits += stop != NULL;
        ENSURE(!stop || stop->cycle == (int64_t)lpu_cycle(m));
    }
    ENSURE(hits > 0);
}

static void run_with_stops(lpu_machine *m, const any_stops *stops)
{
    lpu_status status = LPU_STOPPED;
    for (unsigned i = 0; i < RUNS && status == LPU_STOPPED; i++) {
        status = lpu_run(m, CYCLES);
        if (status == LPU_STOPPED)
            ensure_told(m, stops);
    }
    ENSURE(!lpu_set_stops(m, NULL, 0, NULL, 0, NULL, 0));
    status = lpu_run(m, CYCLES);
    fuzz_ensure_sound(m, status, CYCLES);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < HEADER_BYTES)
        return 0;
    fuzz_input input = {data, size}, again = input;
    any_stops stops = {.test_count = 0};
    lpu_machine *plain = fuzz_start(&input), *stopping = fuzz_start(&again);
    take_stops(&input, &stops);
    if (plain && stopping && !set_stops(stopping, &stops)) {
        lpu_run(plain, CYCLES);
        run_with_stops(stopping, &stops);
        fuzz_ensure_same(plain, stopping);
    }
    lpu_destroy(plain);
    lpu_destroy(stopping);
    return 0;
}
