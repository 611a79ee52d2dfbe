/* Planned bundles that hang together, told to a host, and what it made of them. See region.h. */
#include <stdlib.h>
#include <string.h>
#include "control.h"
#include "region.h"

/* A region that is left again at once is a burden: after so many entries they must last so many cycles each. */
enum { ENTRIES_TRIED = 1000, CYCLES_WORTHWHILE = 32 };

void lpu_drop_regions(lpu_machine *m)
{
    while (m->regions) {
        lpu_region *region = m->regions;
        m->regions = region->older;
        free(region);
    }
}

/* Telling -------------------------------------------------------------------------------------------------------- */
/* What a step does, and the function that computes its value, if any. */
typedef struct {
    lpu_step_class does;
    const char *function;
} meaning;

#define VALUE(NAME, name) [LPU_SEM_##NAME] = {LPU_STEP_VALUE, "op_" #name},
#define DIVISION(NAME, name) [LPU_SEM_##NAME] = {LPU_STEP_DIVIDE, #name},
static const meaning meanings[] = {
    LPU_FOR_EACH_SHORT(VALUE) LPU_FOR_EACH_LATE(VALUE) LPU_FOR_EACH_DIVIDE(DIVISION)
    [KIND_LATE_MOV] = {LPU_STEP_VALUE, "op_mov"},
    [LPU_SEM_ASSERT] = {LPU_STEP_ASSERT, ""},
    [LPU_SEM_LD] = {LPU_STEP_LOAD, ""}, [KIND_LD_SECOND] = {LPU_STEP_LOAD_SECOND, ""},
    [LPU_SEM_ST] = {LPU_STEP_STORE, ""}, [KIND_ST_SECOND] = {LPU_STEP_STORE_SECOND, ""},
    [LPU_SEM_LDL] = {LPU_STEP_LOAD_LANE, ""}, [LPU_SEM_STL] = {LPU_STEP_STORE_LANE, ""},
    [KIND_PAIR] = {LPU_STEP_PAIR, ""}, [KIND_LOOP_CHECK] = {LPU_STEP_LOOP_CHECK, ""},
    [LPU_SEM_NOP] = {LPU_STEP_NEXT, ""}, [KIND_LOOP_END] = {LPU_STEP_LOOP_END, ""},
    [LPU_SEM_BRANCH] = {LPU_STEP_BRANCH, ""}, [LPU_SEM_LOOP] = {LPU_STEP_LOOP, ""},
    [LPU_SEM_JMP] = {LPU_STEP_JUMP, ""}, [LPU_SEM_CALL] = {LPU_STEP_CALL, ""}, [LPU_SEM_RET] = {LPU_STEP_RETURN, ""},
};

static meaning meaning_of(uint32_t kind)
{
    return kind < sizeof meanings / sizeof *meanings ? meanings[kind] : (meaning){LPU_STEP_OTHER, ""};
}

static int64_t place_of(const lpu_machine *m, const lpu_node *node, const lpu_micro *step, const uint32_t *place)
{
    if (place >= m->registers && place < m->registers + STATE_REGISTERS)
        return place - m->registers;
    if (place >= m->temps && place < m->temps + TEMPS)
        return LPU_PLACE_TEMP + (place - m->temps);
    if (place == &step->constant || place == &node->next_pc || place == &m->zero)
        return ((int64_t)1 << LPU_PLACE_CONSTANT_BITS) + *place;
    return LPU_NOWHERE; /* scrap */
}

static int64_t undo_of(const lpu_machine *m, const lpu_micro *step)
{
    const uint32_t *first = &m->undo[0][0];
    return step->undo >= first && step->undo < first + MAX_LEVELS * STATE_REGISTERS ? step->undo - first : LPU_NOWHERE;
}

static lpu_step told_step(const lpu_machine *m, const lpu_node *node, const lpu_micro *step, uint32_t kind)
{
    meaning is = meaning_of(kind);
    return (lpu_step){
        .does = is.does, .function = is.function ? is.function : "", .kind = kind, .k = step->k,
        .target = place_of(m, node, step, step->d), .undo = undo_of(m, step),
        .sources = {place_of(m, node, step, step->a), place_of(m, node, step, step->b), place_of(m, node, step, step->c)},
        .stored = place_of(m, node, step, step->stored),
    };
}

static bool ends_node(lpu_step_class does) { return does == LPU_STEP_OTHER || does >= LPU_STEP_NEXT; }

/* How many steps a node has up to its end, or to one that ends what can be told of it. */
static size_t steps_in(const lpu_node *node)
{
    size_t count = 1;
    uint32_t kind = first_kind(node);
    for (; !ends_node(meaning_of(kind).does); count++)
        kind = node->steps[count].kind;
    return count;
}

static void tell_steps(const lpu_machine *m, const lpu_node *node, lpu_step *steps, size_t count)
{
    for (size_t i = 0; i < count; i++)
        steps[i] = told_step(m, node, &node->steps[i], i ? node->steps[i].kind : first_kind(node));
}

/* The number of a node in a region; its count if it is not there. */
static uint32_t number_of(const lpu_region *region, const lpu_node *node)
{
    uint32_t number = 0;
    while (number < region->count && region->nodes[number] != node)
        number++;
    return number;
}

/* What is collected, and room for steps that is left. */
typedef struct {
    lpu_region *region;
    size_t blocks, steps;
    uint64_t least;
} collector;

static void add_node(collector *to, lpu_node *node)
{
    lpu_region *region = to->region;
    bool is_new = node && region->count < to->blocks && number_of(region, node) == region->count;
    if (!is_new || *node->issued < to->least || steps_in(node) > to->steps)
        return;
    to->steps -= steps_in(node);
    region->nodes[region->count++] = node;
}

/* All that was reached from a node often enough. */
static void collect(collector *to, lpu_node *from)
{
    uint64_t least = to->least;
    to->least = 0;
    add_node(to, from);
    to->least = least;
    for (uint32_t i = 0; i < to->region->count; i++) {
        add_node(to, to->region->nodes[i]->next);
        add_node(to, to->region->nodes[i]->taken);
    }
}

static int64_t link_of(const lpu_region *region, const lpu_node *to)
{
    uint32_t number = number_of(region, to);
    return to && number < region->count ? (int64_t)number : LPU_NOWHERE;
}

_Static_assert((int)LPU_UNDO_LEVELS == MAX_LEVELS, "lpu.h says how many there are");

static void tell_flights(const lpu_node *node, lpu_block *block)
{
    for (uint32_t i = 0; i < node->before_count; i++)
        block->in_flight[node->before[i].level] |= (uint64_t)1 << node->before[i].reg;
}

static lpu_block told_block(const lpu_region *region, const lpu_node *node)
{
    lpu_block block = {
        .pc = node->pc, .next_pc = node->next_pc, .taken_pc = node->taken_pc, .jump_slot = node->jump_slot,
        .cost = node->cost, .taken_cost = node->taken_cost,
        .next = link_of(region, node->next), .taken = link_of(region, node->taken),
        .next_link_pc = node->next ? node->next->pc : 0, .taken_link_pc = node->taken ? node->taken->pc : 0,
    };
    tell_flights(node, &block);
    return block;
}

/* The node that is fetched next, found without a change of state. */
static lpu_node *next_node(lpu_machine *m)
{
    uint64_t fetch = m->next_fetch > m->cycle ? m->next_fetch : m->cycle;
    lpu_see_flights(m, fetch);
    return lpu_node_at(m, m->pc);
}

static lpu_region *new_region(lpu_machine *m)
{
    lpu_region *region = m->fetch_ended || m->faulted ? NULL : calloc(1, sizeof *region);
    if (!region)
        return NULL;
    lpu_node *from = next_node(m); /* which may drop all regions */
    region->older = m->regions;
    region->nodes[0] = from;
    return m->regions = region;
}

size_t lpu_tell_region(lpu_machine *m, uint64_t least, lpu_block *blocks, size_t most_blocks, lpu_step *steps,
                       size_t most_steps)
{
    lpu_region *region = new_region(m);
    if (!region)
        return 0;
    collect(&(collector){region, most_blocks < MOST_BLOCKS ? most_blocks : MOST_BLOCKS, most_steps, least},
            region->nodes[0]);
    size_t count = 0;
    for (uint32_t i = 0; i < region->count; i++) {
        blocks[i] = told_block(region, region->nodes[i]);
        blocks[i].first_step = (uint32_t)count;
        blocks[i].step_count = (uint32_t)steps_in(region->nodes[i]);
        tell_steps(m, region->nodes[i], steps + count, blocks[i].step_count);
        count += blocks[i].step_count;
    }
    return region->count;
}

/* Entering ------------------------------------------------------------------------------------------------------- */
static void make_entry(lpu_region *region, uint32_t number)
{
    lpu_node *node = region->nodes[number];
    if (!node->region)
        node->first_kind = node->steps->kind;
    node->region = region;
    node->entry = number;
    node->steps->kind = KIND_REGION;
}

static void end_entry(lpu_node *node)
{
    node->steps->kind = node->first_kind;
    node->region = NULL;
}

int lpu_enter_region(lpu_machine *m, lpu_code code, const uint32_t *entries, size_t count)
{
    lpu_region *region = m->regions;
    if (!region || region->code)
        return -1;
    for (size_t i = 0; i < count; i++)
        if (entries[i] >= region->count)
            return -1;
    region->code = code;
    for (size_t i = 0; i < count; i++)
        make_entry(region, entries[i]);
    return 0;
}

int lpu_in_region(lpu_machine *m)
{
    uint32_t number = 0;
    const lpu_node *node = m->fetch_ended || m->faulted ? NULL : next_node(m);
    for (const lpu_region *region = m->regions; node && region; region = region->older)
        if (region->code && (number = number_of(region, node)) < region->count)
            return 1;
    return 0;
}

static void end_region(lpu_region *region)
{
    for (uint32_t i = 0; i < region->count; i++)
        if (region->nodes[i]->region == region)
            end_entry(region->nodes[i]);
}

lpu_leaving lpu_run_region(lpu_machine *m, const lpu_node *entry, uint64_t now, uint64_t until)
{
    lpu_region *region = entry->region;
    if (region->slice != m->slice)
        memset(region->spans, 0, sizeof region->spans);
    region->slice = m->slice;
    m->spans = region->spans;
    lpu_leaving left = region->code(m, entry->entry, now, until);
    region->cycles += left.now - now;
    if (UNLIKELY(++region->entered == ENTRIES_TRIED)) {
        if (region->cycles < (uint64_t)ENTRIES_TRIED * CYCLES_WORTHWHILE)
            end_region(region);
        region->entered = region->cycles = 0;
    }
    return left;
}
