/* The innermost loops among planned bundles. */
#include "region.h"
#include "strip_make.h"

uint32_t lpu_end_kind(const lpu_node *node)
{
    uint32_t kind = first_kind(node);
    for (const lpu_micro *step = node->steps;; kind = (++step)->kind)
        if (kind == LPU_SEM_NOP || (kind > KIND_LATE_MOV && !looks_for_stops(kind))
            || (kind >= LPU_SEM_LDL && kind <= LPU_SEM_TRAP))
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

/* Add a node that ends with a step of a kind; the next one. */
static lpu_node *add_turn(strip_path *path, lpu_node *node, uint32_t kind, bool taken)
{
    bool jumps = taken && kind != KIND_LOOP_END;
    uint32_t cost = jumps ? node->taken_cost : kind == LPU_SEM_NOP ? (uint32_t)node->cost : 1;
    path->turns[path->count++] = (strip_turn){node, taken, jumps, cost};
    return taken ? node->taken : node->next;
}

/* Add a node; the next one, or NULL when a strip cannot pass it. */
static lpu_node *take_turn(strip_path *path, lpu_node *node, const lpu_node *head)
{
    uint32_t kind = lpu_end_kind(node);
    bool ends_round = kind == KIND_LOOP_END && node->taken == head;
    bool taken = kind == LPU_SEM_JMP || ends_round || (kind == LPU_SEM_BRANCH && is_taken(node, head));
    if (kind != LPU_SEM_NOP && kind != LPU_SEM_BRANCH && kind != LPU_SEM_JMP && !ends_round)
        return NULL;
    return add_turn(path, node, kind, taken);
}

static uint32_t end_of_parts(const strip_path *path)
{
    return path->part_count ? path->parts[path->part_count - 1].end : 0;
}

static void add_part(strip_path *path, uint32_t end, bool is_loop)
{
    strip_part part = {.first = end_of_parts(path), .end = end, .is_loop = is_loop, .rounds = 1};
    for (uint32_t i = part.first; i < end; i++)
        part.cost += path->turns[i].cost;
    if (part.first < end)
        path->parts[path->part_count++] = part;
}

bool lpu_find_loop(lpu_node *head, strip_path *path)
{
    lpu_node *node = head;
    path->count = path->part_count = 0;
    do {
        bool is_free = node && !node->region && (node == head || node->steps->kind != KIND_STRIP);
        node = is_free && path->count < MOST_TURNS ? take_turn(path, node, head) : NULL;
    } while (node && node != head);
    if (node)
        add_part(path, path->count, false);
    return node;
}

/* Nests -------------------------------------------------------------------------------------------------------- */
/* The same in a nest, which `loop` is part of, too. */
static lpu_node *take_nest_turn(strip_path *path, lpu_node *node, const lpu_node *head)
{
    uint32_t kind = lpu_end_kind(node);
    bool may_jump = kind == LPU_SEM_BRANCH || kind == LPU_SEM_LOOP || kind == KIND_LOOP_END;
    if (node->region || path->count == MOST_TURNS || (kind != LPU_SEM_NOP && kind != LPU_SEM_JMP && !may_jump))
        return NULL;
    return add_turn(path, node, kind, kind == LPU_SEM_JMP || (may_jump && is_taken(node, head)));
}

/* The last turn of a node, counted from 1; 0 when there is none. */
static uint32_t turn_of(const strip_path *path, const lpu_node *node)
{
    uint32_t turn = path->count;
    while (turn && path->turns[turn - 1].node != node)
        turn--;
    return turn;
}

/* Whether the last turn ends a round of a loop. A loop is known by that alone: of what is fetched again, what is in flight
 * may have been the same before. */
static bool goes_round(const strip_path *path)
{
    const strip_turn *last = path->turns + path->count - (path->count > 0);
    uint32_t kind = path->count ? lpu_end_kind(last->node) : LPU_SEM_NOP;
    return (kind == LPU_SEM_BRANCH || kind == KIND_LOOP_END) && last->taken;
}

/* The last turn goes back to one that is there; the node behind, or NULL when that is no inner loop. */
static lpu_node *close_loop(strip_path *path, uint32_t first)
{
    if (first < end_of_parts(path) || path->part_count + 3 > MOST_PARTS)
        return NULL;
    add_part(path, first, false);
    add_part(path, path->count, true);
    return path->turns[path->count - 1].node->next;
}

/* Whether hardware loops begin and end within a round, one after the other, and no jump leaves one. */
static bool loops_fit(const strip_path *path)
{
    const lpu_node *loop = NULL;
    for (uint32_t i = 0; i + 1 < path->count; i++) {
        const strip_turn *turn = &path->turns[i];
        const lpu_node *node = turn->node;
        bool ends = lpu_end_kind(node) == KIND_LOOP_END, begins = lpu_end_kind(node) == LPU_SEM_LOOP && !turn->taken;
        bool jumps_out = loop && turn->jumps && (node->taken_pc < loop->next_pc || node->taken_pc >= loop->taken_pc);
        bool is_end = ends && loop && node->next_pc == loop->taken_pc && (!turn->taken || node->taken->pc == loop->next_pc);
        bool leaves = is_end && path->turns[i + 1].node == node->next;
        if (jumps_out || (ends && !is_end) || (begins && loop))
            return false;
        loop = begins ? node : leaves ? NULL : loop;
    }
    return !loop;
}

bool lpu_find_nest(lpu_node *head, strip_path *path)
{
    lpu_node *node = head;
    path->count = path->part_count = 0;
    while (node && (node != head || !path->count)) {
        uint32_t turn = goes_round(path) ? turn_of(path, node) : 0;
        node = turn ? close_loop(path, turn - 1) : take_nest_turn(path, node, head);
    }
    bool has_loops = node && path->part_count && end_of_parts(path) < path->count;
    if (has_loops)
        add_part(path, path->count, false);
    return has_loops && loops_fit(path);
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
