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
