/* The innermost loops among planned bundles. */
#include "region.h"
#include "strip.h"

uint32_t lpu_end_kind(const lpu_node *node)
{
    uint32_t kind = first_kind(node);
    for (const lpu_micro *step = node->steps;; kind = (++step)->kind)
        if (kind == LPU_SEM_NOP || kind > KIND_LATE_MOV || (kind >= LPU_SEM_LDL && kind <= LPU_SEM_TRAP))
            return kind;
}

static bool is_hotter(const lpu_node *one, const lpu_node *other)
{
    return one && (!other || *one->issued > *other->issued);
}

/* Which way a branch goes that is to come back to the head. */
static bool is_taken(const lpu_node *node, const lpu_node *head)
{
    if (node->taken == head || node->next == head)
        return node->taken == head;
    return is_hotter(node->taken, node->next);
}

/* Add a node; the next one, or NULL when a strip cannot pass it. */
static lpu_node *take_turn(strip_path *path, lpu_node *node, const lpu_node *head)
{
    uint32_t kind = lpu_end_kind(node);
    bool ends_round = kind == KIND_LOOP_END && node->taken == head;
    bool taken = kind == LPU_SEM_JMP || ends_round || (kind == LPU_SEM_BRANCH && is_taken(node, head));
    if (kind != LPU_SEM_NOP && kind != LPU_SEM_BRANCH && kind != LPU_SEM_JMP && !ends_round)
        return NULL;
    path->turns[path->count++] = (strip_turn){node, taken};
    return taken ? node->taken : node->next;
}

bool lpu_find_loop(lpu_node *head, strip_path *path)
{
    lpu_node *node = head;
    path->count = 0;
    do {
        bool is_free = node && !node->region && (node == head || node->steps->kind != KIND_STRIP);
        node = is_free && path->count < MOST_TURNS ? take_turn(path, node, head) : NULL;
    } while (node && node != head);
    return node;
}

/* Entries ------------------------------------------------------------------------------------------------------ */
/* Whether sources are the same place, or constants of two steps that are the same. */
static bool is_same_source(const lpu_micro *one, const uint32_t *of_one,
                           const lpu_micro *other, const uint32_t *of_other)
{
    bool are_constants = of_one == &one->constant && of_other == &other->constant;
    return of_one == of_other || (are_constants && *of_one == *of_other);
}

static bool is_same_step(const lpu_micro *one, const lpu_micro *other)
{
    return one->k == other->k && one->d == other->d && is_same_source(one, one->a, other, other->a)
           && is_same_source(one, one->b, other, other->b) && is_same_source(one, one->c, other, other->c)
           && is_same_source(one, one->stored, other, other->stored);
}

/* Whether two plans of a bundle differ in nothing but where overwritten values are kept. */
static bool is_same_bundle(const lpu_node *one, const lpu_node *other)
{
    uint32_t end = lpu_end_kind(one), kind = first_kind(one), number = 0;
    if (one->pc != other->pc || kind != first_kind(other))
        return false;
    while (kind != end && is_same_step(&one->steps[number], &other->steps[number])) {
        kind = one->steps[++number].kind;
        if (kind != other->steps[number].kind)
            return false;
    }
    return kind == end && is_same_step(&one->steps[number], &other->steps[number]);
}

/* The node a round behind one; NULL when that round is not like the others. */
static const lpu_node *after_round(const lpu_strip *strip, const lpu_node *node)
{
    for (uint32_t i = 0; i < strip->turn_count && node; i++) {
        bool is_free = !node->region && (i == 0 || node->steps->kind != KIND_STRIP);
        bool is_same = is_free && is_same_bundle(strip->turns[i].node, node);
        node = !is_same ? NULL : strip->turns[i].taken ? node->taken : node->next;
    }
    return node;
}

uint32_t lpu_rounds_to_head(const lpu_strip *strip, const lpu_node *node)
{
    for (uint32_t rounds = 1; rounds <= LPU_MAX_LATENCY && (node = after_round(strip, node)); rounds++)
        if (node == strip->turns->node)
            return rounds;
    return 0;
}
