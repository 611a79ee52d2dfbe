/* Planning a bundle for the writes that are in flight when it issues.
 *
 * Steps are ordered so that each may write at once: first what can be undone when a later step faults (late writes),
 * then stores, then the rest, last the control op; among them an op that reads a register before the op that writes
 * it. Where no such order exists, a result waits in a temporary and is moved at the end. A bundle that breaks a rule
 * for sure becomes one step that looks for the fault. */
#include "op.h"
#include "stops.h"

typedef struct {
    lpu_machine *m;
    const lpu_bundle *bundle;
    const lpu_context *before;
    lpu_micro *steps;
    unsigned count;
    unsigned accesses; /* placed */
    bool paired;       /* their banks are checked by a step of their own */
    bool done[MAX_OPS];
    bool waits[MAX_OPS]; /* for its move from the temporary */
} planner;

static lpu_micro plain_step(lpu_machine *m, uint32_t kind)
{
    return (lpu_micro){.kind = kind, .d = &m->scrap, .undo = &m->scrap};
}

static bool is_late(const lpu_op *op) { return op->row->latency > 1; }

/* The control op, or NULL. */
static const lpu_op *control_of(const lpu_bundle *bundle)
{
    const lpu_op *last = &bundle->ops[bundle->count ? bundle->count - 1 : 0]; /* B0 is the last in unit order */
    return bundle->count && last->row->control ? last : NULL;
}

/* Rules that are broken whatever the data: hazards, write clashes, traps, and what a loop's body must be. */
static bool op_breaks_rule(const planner *p, const lpu_op *op)
{
    for (uint32_t i = 0; i < p->before->count; i++) {
        const lpu_flight *flight = &p->before->flights[i];
        bool clash = writes_of(op) >> flight->reg & 1 && flight->remaining >= op->row->latency;
        if (clash || (reads_of(op) >> flight->reg & 1))
            return true;
    }
    if (op->row->control == LPU_CONTROL_LOOP)
        return !lpu_body_is_legal(p->m, p->bundle->next, op->fields[LPU_FIELD_TARGET]);
    return op->row->control == LPU_CONTROL_TRAP;
}

static bool bundle_breaks_rule(const planner *p)
{
    register_set written = 0;
    for (unsigned i = 0; i < p->bundle->count; i++) {
        const lpu_op *op = &p->bundle->ops[i];
        if (op_breaks_rule(p, op) || (written & writes_of(op)))
            return true;
        written |= writes_of(op);
    }
    return false;
}

/* Where the overwritten value of a late write is kept: a place no other write in flight to the register uses. */
static uint8_t free_level(const lpu_context *before, unsigned reg)
{
    for (uint8_t level = 0;; level++) {
        bool used = false;
        for (uint32_t i = 0; i < before->count; i++)
            used |= before->flights[i].reg == reg && before->flights[i].level == level;
        if (!used)
            return level;
    }
}

static uint32_t *undo_place(const planner *p, const lpu_op *op)
{
    unsigned reg = written_by(op);
    return is_late(op) ? &p->m->undo[free_level(p->before, reg)][reg] : &p->m->scrap;
}

/* Whether an op not yet placed, other than op i, reads what op i writes. */
static bool still_read(const planner *p, unsigned i)
{
    register_set reads = 0;
    for (unsigned j = 0; j < p->bundle->count; j++)
        if (j != i && !p->done[j])
            reads |= reads_of(&p->bundle->ops[j]);
    return reads & writes_of(&p->bundle->ops[i]);
}

static lpu_micro *add_step(planner *p, const lpu_op *op)
{
    lpu_micro *step = &p->steps[p->count++];
    lpu_resolve(p->m, op, step);
    return step;
}

static lpu_micro move_step(lpu_machine *m, uint32_t *to, const uint32_t *from)
{
    lpu_micro step = {.kind = LPU_SEM_MOV, .d = to, .undo = &m->scrap, .a = from};
    step.b = step.c = step.stored = &m->zero;
    return step;
}

/* The second access checks the banks, unless a step before it did. */
static void place_access(planner *p, const lpu_op *op, lpu_micro *step)
{
    if (op->row->memory && p->accesses++ && !p->paired)
        step->kind = op->row->memory == LPU_MEMORY_LOAD ? KIND_LD_SECOND : KIND_ST_SECOND;
}

/* A step that looks at the access that the next one makes. */
static void place_watch(planner *p, const lpu_op *op)
{
    lpu_micro step = plain_step(p->m, KIND_WATCH_ACCESS);
    step.k = op->row->memory;
    p->steps[p->count++] = step;
}

static void place(planner *p, unsigned i)
{
    const lpu_op *op = &p->bundle->ops[i];
    if (op->row->memory && lpu_watches_accesses(p->m, op->row->memory))
        place_watch(p, op);
    lpu_micro *step = add_step(p, op);
    place_access(p, op, step);
    p->done[i] = true;
    if (!writes_register(op))
        return;
    p->waits[i] = still_read(p, i);
    step->d = p->waits[i] ? &p->m->temps[i] : &p->m->registers[written_by(op)];
    step->undo = p->waits[i] ? &p->m->scrap : undo_place(p, op);
}

static bool can_be_undone(const lpu_op *op)
{
    return !op->row->control && (is_late(op) || (op->row->checks && op->row->memory != LPU_MEMORY_STORE));
}

static bool is_store(const lpu_op *op) { return op->row->memory == LPU_MEMORY_STORE; }
static bool is_any(const lpu_op *op) { (void)op; return true; }

/* The first op of a kind whose result nobody has yet to read, else the first; MAX_OPS when all are placed. */
static unsigned pick_op(const planner *p, bool (*belongs)(const lpu_op *op))
{
    unsigned first = MAX_OPS;
    for (unsigned i = 0; i < p->bundle->count; i++) {
        if (p->done[i] || !belongs(&p->bundle->ops[i]))
            continue;
        if (!still_read(p, i))
            return i;
        first = first < i ? first : i;
    }
    return first;
}

static void place_all(planner *p, bool (*belongs)(const lpu_op *op))
{
    unsigned pick;
    while ((pick = pick_op(p, belongs)) < MAX_OPS)
        place(p, pick);
}

/* The accesses of a bundle, and whether their banks need a step of their own: the second of two accesses to words
 * checks them itself if the first is a load, for a load can be undone. */
static bool needs_pair(const lpu_bundle *bundle, const lpu_op *accesses[2])
{
    unsigned count = 0;
    for (unsigned i = 0; i < bundle->count; i++)
        if (bundle->ops[i].row->memory)
            accesses[count++] = &bundle->ops[i];
    if (count < 2)
        return false;
    const lpu_row *a = accesses[0]->row, *b = accesses[1]->row;
    return a->width || b->width || (a->memory == LPU_MEMORY_STORE && b->memory == LPU_MEMORY_STORE);
}

/* A step that checks two accesses, followed by their operands. */
static void place_pair(planner *p, const lpu_op *accesses[2])
{
    add_step(p, accesses[0])->kind = KIND_PAIR;
    add_step(p, accesses[0]);
    add_step(p, accesses[1]);
}

/* The control op goes last; what it reads is saved if another op of the bundle writes it. */
static const uint32_t *save_for_control(planner *p, const lpu_op *control)
{
    uint32_t *temp = &p->m->temps[MAX_OPS];
    for (unsigned i = 0; i + 1 < p->bundle->count; i++) {
        register_set both = reads_of(control) & writes_of(&p->bundle->ops[i]);
        if (!both)
            continue;
        p->steps[p->count++] = move_step(p->m, temp, &p->m->registers[written_by(&p->bundle->ops[i])]);
        return temp;
    }
    return NULL;
}

static void place_moves(planner *p)
{
    for (unsigned i = 0; i < p->bundle->count; i++) {
        const lpu_op *op = &p->bundle->ops[i];
        if (!p->waits[i])
            continue;
        lpu_micro *step = &p->steps[p->count++];
        *step = move_step(p->m, &p->m->registers[written_by(op)], &p->m->temps[i]);
        step->undo = undo_place(p, op);
        step->kind = is_late(op) ? KIND_LATE_MOV : LPU_SEM_MOV;
    }
}

/* A call writes the address of the next bundle. */
static void place_return(planner *p, const lpu_node *node, const lpu_op *control)
{
    if (control && writes_register(control))
        p->steps[p->count++] = move_step(p->m, &p->m->registers[written_by(control)], &node->next_pc);
}

/* Steps that test what the stores have changed, all of them being done; behind each the store, for its operands. */
static void place_store_tests(planner *p)
{
    for (unsigned i = 0; p->m->stops.tests_elements && i < p->bundle->count; i++) {
        const lpu_op *op = &p->bundle->ops[i];
        if (!is_store(op))
            continue;
        lpu_micro step = plain_step(p->m, KIND_TEST_STORE);
        step.k = op->unit;
        p->steps[p->count++] = step;
        add_step(p, op);
    }
}

/* Steps that test the values which registers take. */
static void place_register_tests(planner *p)
{
    for (unsigned i = 0; i < p->bundle->count; i++) {
        const lpu_op *op = &p->bundle->ops[i];
        if (!writes_register(op) || !lpu_tests_register(p->m, written_by(op)))
            continue;
        lpu_micro step = plain_step(p->m, KIND_TEST_REGISTER);
        step.k = is_late(op) ? op->row->latency : 1;
        step.slot = op->slot;
        step.constant = written_by(op);
        step.a = &p->m->registers[step.constant];
        p->steps[p->count++] = step;
    }
}

static void place_end(planner *p, const lpu_op *control, const uint32_t *saved)
{
    if (!control) {
        bool ends_loop = p->m->marks[p->bundle->next] & ENDS_LOOP;
        p->steps[p->count++] = (lpu_micro){.kind = ends_loop ? KIND_LOOP_END : LPU_SEM_NOP};
        return;
    }
    lpu_micro *step = add_step(p, control);
    const uint32_t **read = control->row->reads_cc ? &step->c : &step->a;
    *read = saved ? saved : *read;
}

/* What the bundle touches at once, and the first of the watched registers that it writes later. */
static void place_watches(planner *p)
{
    lpu_micro later = plain_step(p->m, KIND_WATCH_LANDING);
    bool at_once = false;
    for (unsigned i = 0; i < p->bundle->count; i++) {
        const lpu_op *op = &p->bundle->ops[i];
        bool writes = writes_register(op) && lpu_watches_register(p->m, written_by(op));
        at_once |= lpu_watches_unit(p->m, op->unit) || (writes && !is_late(op));
        if (writes && is_late(op) && (!later.k || op->row->latency < later.k))
            later.k = op->row->latency;
    }
    if (at_once)
        p->steps[p->count++] = plain_step(p->m, KIND_WATCH_ISSUE);
    if (later.k)
        p->steps[p->count++] = later;
}

static void plan_steps(planner *p, lpu_node *node)
{
    const lpu_op *control = control_of(p->bundle), *accesses[2];
    const uint32_t *saved = NULL;
    place_watches(p);
    p->paired = needs_pair(p->bundle, accesses);
    if (p->paired)
        place_pair(p, accesses);
    place_all(p, can_be_undone);
    if (control && control->row->checks)
        add_step(p, control)->kind = KIND_LOOP_CHECK;
    place_all(p, is_store);
    place_store_tests(p);
    if (control) {
        saved = save_for_control(p, control);
        p->done[p->bundle->count - 1] = true;
    }
    place_all(p, is_any);
    place_moves(p);
    place_return(p, node, control);
    place_register_tests(p);
    place_end(p, control, saved);
}

static void plan_flow(lpu_node *node, const lpu_bundle *bundle)
{
    const lpu_op *control = control_of(bundle);
    bool waits = control && has_field(control, LPU_FIELD_COUNT);
    node->next_pc = bundle->next;
    node->cost = waits ? control->fields[LPU_FIELD_COUNT] : 1;
    if (!control)
        return;
    node->jump_slot = control->slot;
    node->taken_cost = control->row->taken_latency;
    if (has_field(control, LPU_FIELD_TARGET))
        node->taken_pc = (uint32_t)control->fields[LPU_FIELD_TARGET];
    if (has_field(control, LPU_FIELD_CODE))
        node->exit_code = (uint8_t)control->fields[LPU_FIELD_CODE];
}

static void plan_flights(const planner *p, lpu_context *after)
{
    after->count = p->before->count;
    for (uint32_t i = 0; i < p->before->count; i++)
        after->flights[i] = p->before->flights[i];
    for (unsigned i = 0; i < p->bundle->count; i++) {
        const lpu_op *op = &p->bundle->ops[i];
        if (!writes_register(op) || !is_late(op))
            continue;
        lpu_flight flight = {.pc = p->bundle->pc, .slot = op->slot, .remaining = op->row->latency};
        flight.reg = written_by(op);
        flight.level = free_level(p->before, flight.reg);
        lpu_insert_flight(after, flight);
    }
}

unsigned lpu_plan(lpu_machine *m, lpu_node *node, const lpu_context *before, lpu_context *after)
{
    lpu_bundle bundle;
    planner p = {.m = m, .bundle = &bundle, .before = before, .steps = node->steps};
    bool starts = node->pc < m->length && m->marks[node->pc] & LEGAL;
    node->issued = &m->counts[starts ? node->pc : 0];
    after->count = 0;
    if (node->pc < m->length && m->marks[node->pc] & BREAKPOINT)
        node->steps[p.count++] = plain_step(m, KIND_BREAK);
    if (node->pc < m->length && m->marks[node->pc] & GUARDED) {
        node->steps[p.count] = plain_step(m, KIND_GUARD);
        node->steps[p.count++].k = lpu_first_guard(m, node->pc);
    }
    if (starts && m->marks[node->pc] & HAS_TENSOR)
        node->steps[p.count++] = plain_step(m, KIND_TENSOR);
    if (!starts || !lpu_decode_bundle(m, node->pc, &bundle) || bundle_breaks_rule(&p)) {
        node->steps[p.count++] = (lpu_micro){.kind = node->pc == m->end ? KIND_TEXT_END : LPU_SEM_TRAP};
        return p.count;
    }
    plan_flow(node, &bundle);
    plan_steps(&p, node);
    plan_flights(&p, after);
    return p.count;
}
