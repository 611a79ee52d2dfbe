/* Regions: planned bundles that hang together, as code that a host has made of them.
 *
 * lpu_tell_region says what the bundles around the current one do, places as numbers; the host makes a function of it
 * (vm/translate) that does the same from one bundle to the next, keeping registers and counts to itself, and gives it to
 * lpu_enter_region. The bundles named as entries then begin with a step that calls it. It comes back before a bundle that it
 * does not know or that faults, and before `until` gets near; the run loop goes on from there. All regions end with the
 * plans they are made of.
 */
#ifndef LPU_REGION_H
#define LPU_REGION_H
#include "strip.h"

enum { MOST_BLOCKS = 512 };

/* Words of one bank, from `first` on to before `end`, of which a region knows that they may be accessed; where that was
 * asked for, all of them were written. Nothing of this ends within a slice. `reach` is how many more are looked at,
 * `seen` how many were in this slice; `other` is what was known before of another bank, or place. */
struct lpu_span {
    int64_t first, end;
    uint32_t bank;
    int64_t reach, seen;
    struct {
        int64_t first, end;
        uint32_t bank;
    } other;
};

struct lpu_region {
    lpu_region *older;
    lpu_code code; /* NULL as long as there is none */
    uint64_t entered, cycles, slice; /* which its spans are of */
    uint32_t count;
    lpu_node *nodes[MOST_BLOCKS];
    lpu_span spans[LPU_SPANS];
};

void lpu_drop_regions(lpu_machine *m);

/* Run a node that is an entry. */
lpu_leaving lpu_run_region(lpu_machine *m, const lpu_node *entry, uint64_t now, uint64_t until);

/* What the first step of a node really is. */
static inline uint32_t first_kind(const lpu_node *node)
{
    uint32_t kind = node->region ? node->first_kind : node->steps->kind;
    return kind == KIND_STRIP ? node->strip->first_kind : kind;
}

#endif
