/* Reductions of the switches: sums, greatest and least of i32 and f32 lanes. */
#ifndef LPU_REDUCE_H
#define LPU_REDUCE_H
#include <stddef.h>
#include <stdint.h>
#include "isa.gen.h"

/* words: [lanes], replaced by the result over the `span` lanes that each is among. A span is 16 lanes or all, and these
 * at most 512. type: i32 or f32 */
void reduce_lanes(lpu_semantics semantics, lpu_type type, uint32_t *words, size_t lanes, size_t span);

#endif
