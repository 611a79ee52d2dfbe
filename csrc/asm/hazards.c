/* Hazards and write clashes that are certain, as asm.check.hazards finds them: whether there are any. */
#include <stdlib.h>
#include <string.h>
#include "state.h"

/* What is surely in flight on entry to each bundle, once that `is_reached`; bundles on the stack wait to be gone on
 * from. With `is_dead` set only ways between bundles that nothing living leads to count. */
typedef struct {
    const seen *bundles;
    const bundle_kind *kinds;
    int32_t count;
    in_flight *states;
    uint8_t *is_reached, *is_dead;
    int32_t *back, *other; /* the last loop whose body a bundle ends, and the one before it of the same end; or NOWHERE */
    grown stack;
} walk;

/* Let a state hold at a bundle as well; whether there is memory. */
static bool meet(walk *w, int32_t number, const int32_t *state)
{
    int32_t *known = w->states[number];
    bool is_weaker = !w->is_reached[number];
    if (is_weaker)
        memcpy(known, state, sizeof(in_flight));
    for (int32_t i = 0; i < FRONT_REGISTERS; i++)
        if (state[i] < known[i])
            known[i] = state[i], is_weaker = true;
    w->is_reached[number] = true;
    return !is_weaker || push(&w->stack, number);
}

/* Make a state what is in flight so many cycles after a bundle issued in it. */
static void pass(const walk *w, int32_t number, int32_t *state, int32_t cycles)
{
    const bundle_kind *kind = w->kinds + w->bundles[number].kind;
    for (int32_t i = 0; i < FRONT_REGISTERS; i++) {
        int32_t left = kind->latencies[i] > cycles ? kind->latencies[i] : state[i];
        state[i] = left > cycles ? left - cycles : 0;
    }
}

/* Go one way: what is in flight so many cycles after a bundle issued. */
static bool go(walk *w, int32_t number, int32_t to, int32_t cycles)
{
    if (to < 0 || to >= w->count || (w->is_dead && !w->is_dead[to]))
        return true;
    in_flight state;
    memcpy(state, w->states[number], sizeof state);
    pass(w, number, state, cycles);
    return meet(w, to, state);
}

/* Find the ways back from the ends of loops, unless another op decides there. */
static void draw_back(walk *w)
{
    for (int32_t number = 0; number < w->count; number++)
        w->back[number] = w->other[number] = NOWHERE;
    for (int32_t number = 0; number < w->count; number++) {
        int32_t end = w->bundles[number].target;
        bool is_loop = w->bundles[number].control.how == FRONT_LOOPS && end > number + 1;
        if (is_loop && w->bundles[end - 1].control.how == FRONT_PASSES)
            w->other[number] = w->back[end - 1], w->back[end - 1] = number;
    }
}

static bool go_on(walk *w, int32_t number)
{
    const seen *from = &w->bundles[number];
    for (int32_t loop = w->back[number]; loop != NOWHERE; loop = w->other[loop])
        if (!go(w, number, loop + 1, 1))
            return false;
    const leaving *control = &from->control;
    if (control->how == FRONT_PASSES)
        return go(w, number, number + 1, 1);
    return (from->target == NOWHERE || go(w, number, from->target, control->taken)) &&
           (control->how >= FRONT_JUMPS || go(w, number, number + 1, control->cycles));
}

static bool spread(walk *w)
{
    while (w->stack.size)
        if (!go_on(w, pop(&w->stack)))
            return false;
    return true;
}

static bool start(walk *w, int32_t number)
{
    in_flight nothing = {0};
    return meet(w, number, nothing);
}

/* Go from all that is entered from anywhere, then from what nothing leads to. */
static bool walk_all(walk *w)
{
    for (int32_t number = 0; number < w->count; number++) {
        bool is_root = !number || w->bundles[number].is_entered || w->bundles[number - 1].control.how == FRONT_CALLS;
        if (is_root && !start(w, number))
            return false;
    }
    if (!spread(w))
        return false;
    uint8_t *dead = malloc((size_t)w->count + 1);
    if (!dead)
        return false;
    for (int32_t number = 0; number < w->count; number++)
        dead[number] = !w->is_reached[number];
    w->is_dead = dead;
    bool is_done = true;
    for (int32_t number = 0; number < w->count && is_done; number++)
        if (!w->is_reached[number])
            is_done = start(w, number) && spread(w);
    free(dead);
    return is_done;
}

/* Whether a bundle reads what is in flight, or writes what would land before that. */
static bool is_fault(const walk *w, int32_t number, const int32_t *state)
{
    const bundle_kind *kind = w->kinds + w->bundles[number].kind;
    for (int32_t i = 0; i < FRONT_REGISTERS; i++)
        if (state[i] && (kind->reads >> i & 1 || (kind->latencies[i] && state[i] >= kind->latencies[i])))
            return true;
    return false;
}

/* Whether something is at fault in the second round of a loop that surely comes to it, jumps aside. */
static bool fails_again(const walk *w, int32_t number)
{
    const seen *loop = &w->bundles[number];
    int32_t end = loop->target < w->count ? loop->target : w->count;
    if (loop->control.how != FRONT_LOOPS || loop->control.rounds != FRONT_AGAIN || end <= number + 1)
        return false;
    for (int32_t inner = number + 1; inner < end; inner++)
        if (w->bundles[inner].control.how > FRONT_PAUSES)
            return false;
    in_flight state;
    memcpy(state, w->states[number + 1], sizeof state);
    for (int32_t round = 0; round < 2; round++)
        for (int32_t inner = number + 1; inner < end; inner++) {
            if (is_fault(w, inner, state))
                return true;
            pass(w, inner, state, w->bundles[inner].control.cycles);
        }
    return false;
}

int32_t front_is_at_fault(front *f)
{
    const plan *p = &f->plan;
    walk w = {.bundles = p->seen.items, .kinds = p->kinds.items, .count = COUNT(p->seen, seen)};
    size_t room = (size_t)w.count + 1;
    w.states = calloc(room, sizeof *w.states), w.is_reached = calloc(room, 1);
    w.back = malloc(room * sizeof *w.back), w.other = malloc(room * sizeof *w.other);
    int32_t result = FRONT_MEMORY;
    if (w.states && w.is_reached && w.back && w.other) {
        draw_back(&w);
        result = walk_all(&w) ? 0 : FRONT_MEMORY;
    }
    for (int32_t number = 0; number < w.count && !result; number++)
        result = is_fault(&w, number, w.states[number]) || fails_again(&w, number);
    free(w.states), free(w.is_reached), free(w.back), free(w.other), free(w.stack.items);
    return result;
}
