/* A state taken out and put back is the same run; one that was patched anywhere is refused, or runs. */
#include <stdlib.h>
#include <string.h>
#include "input.h"

enum { PATCHES = 4, MOST_ITEMS = 4096, MORE_CYCLES = 120 };

typedef struct {
    lpu_state state;
    lpu_item *items;
    size_t count;
} whole_state;

/* A copy, each item with data of its own, exactly as long as they are. */
static whole_state take_out(lpu_machine *m)
{
    whole_state whole = {.items = calloc(MOST_ITEMS, sizeof(lpu_item))};
    ENSURE(whole.items);
    lpu_get_state(m, &whole.state);
    lpu_items_begin(m);
    for (lpu_item item; fuzz_next_item(m, &item); whole.count++) {
        ENSURE(whole.count < MOST_ITEMS);
        uint8_t *data = malloc(item.size + !item.size);
        ENSURE(data);
        if (item.size)
            memcpy(data, item.data, item.size);
        item.data = data;
        whole.items[whole.count] = item;
    }
    return whole;
}

static void let_go(whole_state *whole)
{
    for (size_t i = 0; i < whole->count; i++)
        free((void *)whole->items[i].data);
    free(whole->items);
}

static bool put_back(lpu_machine *m, const whole_state *whole)
{
    if (lpu_set_state(m, &whole->state))
        return false;
    for (size_t i = 0; i < whole->count; i++)
        if (lpu_items_put(m, &whole->items[i]))
            return false;
    return !lpu_items_end(m);
}

/* Some bytes of the state, which are numbers all. */
static void patch_state(fuzz_input *input, lpu_state *state)
{
    size_t width = (size_t)1 << fuzz_take(input, 1) % 4, places = sizeof *state / width;
    size_t at = (size_t)fuzz_take(input, 2) % places * width;
    uint64_t number = (uint64_t)fuzz_take_any(input);
    memcpy((uint8_t *)state + at, &number, width);
}

static void patch_item(fuzz_input *input, whole_state *whole)
{
    lpu_item *item = &whole->items[fuzz_take(input, 2) % whole->count];
    uint64_t which = fuzz_take(input, 1) % 16;
    int64_t number = fuzz_take_any(input);
    if (which < 12)
        item->numbers[which] = number;
    else if (which == 12)
        item->kind = number;
    else if (which == 13)
        item->size = item->size ? (size_t)number % item->size : 0;
    else if (item->size)
        ((uint8_t *)item->data)[(size_t)number % item->size] ^= 1u << which % 8;
}

static void patch(fuzz_input *input, whole_state *whole)
{
    for (unsigned i = 0; i < PATCHES && input->left; i++) {
        if (fuzz_take(input, 1) % 2 || !whole->count)
            patch_state(input, &whole->state);
        else
            patch_item(input, whole);
    }
}

/* An item made of the input alone. */
static int put_any(lpu_machine *m, fuzz_input *input)
{
    lpu_item item = {.kind = fuzz_take_any(input)};
    for (unsigned i = 0; i < 12; i++)
        item.numbers[i] = fuzz_take_any(input);
    item.size = (size_t)fuzz_take(input, 2);
    item.data = fuzz_take_bytes(input, &item.size);
    return lpu_items_put(m, &item);
}

static void try_patched(lpu_machine *m, fuzz_input *input)
{
    whole_state patched = take_out(m);
    patch(input, &patched);
    bool taken = put_back(m, &patched);
    bool more = taken && input->left && put_any(m, input);
    if (taken && !more) {
        uint64_t until = lpu_cycle(m) + MORE_CYCLES;
        lpu_status status = lpu_run(m, until);
        fuzz_ensure_sound(m, status, until < 1ull << 62 ? until : 1ull << 62);
        whole_state after = take_out(m);
        let_go(&after);
    }
    let_go(&patched);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < HEADER_BYTES)
        return 0;
    fuzz_input input = {data, size}, again = input;
    lpu_machine *whole = fuzz_start(&input), *paused = fuzz_start(&again);
    uint64_t cycle = fuzz_take(&input, 1) % 64;
    if (whole && paused && lpu_run(paused, cycle) == LPU_RUNNING) {
        whole_state saved = take_out(paused);
        try_patched(paused, &input);
        lpu_destroy(paused);
        paused = fuzz_start(&(fuzz_input){data, size});
        ENSURE(paused);
        lpu_run(paused, cycle);
        ENSURE(put_back(paused, &saved));
        let_go(&saved);
        ENSURE(lpu_run(whole, CYCLES) == lpu_run(paused, CYCLES));
        fuzz_ensure_same(whole, paused);
    }
    lpu_destroy(whole);
    lpu_destroy(paused);
    return 0;
}
