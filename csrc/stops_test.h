/* Tests of watches and guards: of a value in a register, and of elements in memory. */
#ifndef LPU_STOPS_TEST_H
#define LPU_STOPS_TEST_H
#include "machine.h"

/* Whether a number in a register passes a test. */
bool lpu_passes(const lpu_test *test, uint32_t value);

/* Whether a word that was stored may be an element that passes; where that takes long to tell, it may. */
bool lpu_word_may_pass(const lpu_machine *m, uint32_t word);
/* The same of a value that is about to be stored. */
bool lpu_word_may_become(const lpu_machine *m, uint32_t word, uint32_t value);

/* The number of the first of some values that passes; `count` when none does. */
uint32_t lpu_first_passing(const lpu_test *test, const uint32_t *values, uint32_t count);

/* The element of the lowest number that passes the test of a watch, of those that have one of some bytes. */
typedef struct {
    uint64_t number, bit;
} lpu_passing;

/* False where there is none, or where these very elements were looked at before in this cycle. */
bool lpu_find_passing(const lpu_machine *m, lpu_watcher *watch, size_t first, size_t last, uint64_t cycle,
                      lpu_passing *found);

#endif
