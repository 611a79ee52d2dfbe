/* What the harnesses of the core have in common: hostile bytes, read one number after the other, and machines made of
 * them. An input is
 *
 *     16 bytes   the machine (its sizes, switches, entry, contents), and how many syllables of text follow
 *     8 each     the text
 *     the rest   what the harness does with it: pauses, stops, patches of a state, more text ...
 *
 * so that the mutator (mutate.c) finds the text in any of them. Bytes that are not there are zero.
 */
#ifndef FUZZ_INPUT_H
#define FUZZ_INPUT_H
#include <stdbool.h>
#include "lpu.h"

enum { HEADER_BYTES = 16, TEXT_AT = HEADER_BYTES, LENGTH_AT = 11, SYLLABLE_BYTES = 8, CYCLES = 400 };

typedef struct {
    const uint8_t *data;
    size_t left;
} fuzz_input;

/* What libFuzzer calls, and replay.c: one harness a program. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

uint64_t fuzz_take(fuzz_input *input, size_t bytes); /* 0 to 8 of them, little-endian */
int64_t fuzz_take_any(fuzz_input *input);            /* small numbers and extreme ones, signs of both */
/* Up to so many bytes, in place; `*bytes` says how many there are. */
const uint8_t *fuzz_take_bytes(fuzz_input *input, size_t *bytes);

/* The sizes of a small machine; those of the first eight bytes. */
lpu_parameters fuzz_parameters(const uint8_t header[HEADER_BYTES]);
/* A small machine with its program, numbers in most of its memory and in its registers; `*input` is the rest. The size
 * of the input is at least a header; NULL when memory runs out. */
lpu_machine *fuzz_start(fuzz_input *input);

/* The properties: what does not hold is told, and ends the program. */
#define ENSURE(condition) fuzz_ensure((condition), #condition, __FILE__, __LINE__)
void fuzz_ensure(bool holds, const char *what, const char *file, int line);
/* lpu_items_next, with zeros in the numbers that an item of this kind has not. */
bool fuzz_next_item(lpu_machine *m, lpu_item *item);
/* That both machines are at the same point of the same run: state, tensor face, fault, memory, counts. */
void fuzz_ensure_same(lpu_machine *a, lpu_machine *b);
/* That what a run says of itself fits together. */
void fuzz_ensure_sound(lpu_machine *m, lpu_status status, uint64_t until);

#endif
