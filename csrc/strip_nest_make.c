/* The ops of a nest, part by part. What places hold where an inner loop begins depends on what they hold where it ends, so
 * it is made again until both agree. */
#include "strip_nest.h"

/* Loops ---------------------------------------------------------------------------------------------------------- */
/* How far the making is. */
typedef struct {
    uint32_t drafts, accesses, places;
} nest_mark;

static nest_mark mark_of(const nest_maker *maker)
{
    return (nest_mark){maker->draft_count, maker->access_count, maker->place_count};
}

static void return_to(nest_maker *maker, nest_mark mark)
{
    maker->draft_count = mark.drafts, maker->access_count = mark.accesses, maker->place_count = mark.places;
}

/* Places become what they are to be where a loop begins, which is the same or more general. */
static void become(nest_maker *maker, const nest_state *head)
{
    for (uint16_t i = 0; i < maker->place_count; i++) {
        uint8_t *class = &maker->now.classes[i];
        bool is_more = head->classes[i] > *class && head->classes[i] != UNKNOWN;
        if ((is_more && head->classes[i] == LANES) || (*class < LANES && head->has_lanes[i]))
            lpu_nest_need_lanes(maker, i);
        *class = is_more ? head->classes[i] : *class;
    }
}

/* What a loop begins with takes in what it ends with; whether that is news. */
static bool widen(const nest_maker *maker, nest_state *head, const bool *is_written)
{
    bool is_news = false;
    for (uint16_t i = 0; i < maker->place_count; i++) {
        bool is_more = maker->now.classes[i] > head->classes[i], spreads = !is_written[i] && maker->now.has_lanes[i];
        is_news |= is_more || (spreads && !head->has_lanes[i]);
        head->classes[i] = is_more ? maker->now.classes[i] : head->classes[i];
        head->has_lanes[i] |= spreads;
    }
    return is_news;
}

static void make_turns(nest_maker *maker, const strip_part *part)
{
    for (uint32_t i = part->first; i < part->end && !maker->failed; i++)
        lpu_nest_make_turn(maker, i);
}

/* Which places the ops from one on write. */
static void find_written(const nest_maker *maker, uint32_t first, bool *is_written)
{
    for (uint32_t i = first; i < maker->draft_count; i++)
        is_written[maker->drafts[i].d] |= maker->drafts[i].kind != NEST_SPREAD;
}

static void end_ops(nest_maker *maker) { lpu_nest_draft(maker, (nest_draft){.kind = STRIP_KINDS}); }

/* The ops of a loop that begins with what places hold at its head; whether it ends with more than that. */
static bool make_body(nest_maker *maker, strip_part *part, nest_state *head)
{
    bool is_written[MOST_PLACES] = {false};
    become(maker, head);
    memcpy(maker->now.has_lanes, head->has_lanes, sizeof head->has_lanes);
    end_ops(maker);
    part->first_op = maker->draft_count;
    make_turns(maker, part);
    find_written(maker, part->first_op, is_written);
    if (widen(maker, head, is_written))
        return true;
    become(maker, head);
    return false;
}

static void make_loop(nest_maker *maker, strip_part *part)
{
    nest_mark mark = mark_of(maker);
    nest_state entry = maker->now, head = entry;
    memset(head.has_lanes, 0, sizeof head.has_lanes);
    while (make_body(maker, part, &head) && !maker->failed) {
        return_to(maker, mark);
        maker->now = entry;
    }
}

static void make_part(nest_maker *maker, strip_part *part)
{
    maker->part = part;
    if (part->is_loop) {
        make_loop(maker, part);
        end_ops(maker);
    } else {
        part->first_op = maker->draft_count;
        make_turns(maker, part);
    }
}

/* Ahead ---------------------------------------------------------------------------------------------------------- */
static bool is_in_loop(const nest_maker *maker, uint32_t draft)
{
    const strip_part *part = &maker->path.parts[maker->path.part_count - 1];
    while (part->first_op > draft)
        part--;
    return part->is_loop;
}

/* Whether an op can be done ahead of the others. */
static bool is_early(const nest_maker *maker, uint32_t draft)
{
    uint32_t kind = maker->drafts[draft].kind;
    return !is_in_loop(maker, draft) && (kind <= STRIP_ADDRESS || kind == NEST_EVEN || kind == NEST_SAME || kind == NEST_SPREAD);
}

/* The ops that make what the last branch looks at, from the last back to the first; their count. */
static uint32_t find_early(nest_maker *maker, uint32_t *found)
{
    bool is_wanted[MOST_PLACES] = {false};
    uint32_t count = 0;
    is_wanted[maker->leaving] = true;
    for (uint32_t i = maker->draft_count; i-- > 0;) {
        const nest_draft *op = &maker->drafts[i];
        if (!is_wanted[op->d] || op->kind == STRIP_KINDS)
            continue;
        found[count++] = i;
        maker->failed |= !is_early(maker, i);
        is_wanted[op->d] = false;
        for (uint32_t j = 0; j < 3; j++)
            is_wanted[op->sources[j]] |= maker->is_written[op->sources[j]];
    }
    return count;
}

/* How many rounds there are is found out before the first. */
static void make_ahead(nest_maker *maker)
{
    uint32_t found[MOST_DRAFTS], count = maker->leaves ? find_early(maker, found) : 0;
    end_ops(maker);
    maker->ahead = maker->draft_count;
    while (count-- > 0)
        lpu_nest_draft(maker, maker->drafts[found[count]]);
    if (maker->leaves)
        lpu_nest_draft(maker, (nest_draft){.kind = STRIP_LAST_EXIT, .k = maker->leaves, .sources = {maker->leaving}});
    end_ops(maker);
}

static void make_opening(nest_maker *maker)
{
    maker->opening = maker->draft_count;
    for (uint16_t i = 0; i < maker->place_count; i++)
        if (maker->is_opened[i])
            lpu_nest_draft(maker, (nest_draft){.kind = NEST_SPREAD, .d = i, .sources = {i}});
    end_ops(maker);
}

/* Kept for undoing ----------------------------------------------------------------------------------------------- */
static void note_last(nest_maker *maker, const lpu_micro *step, uint32_t kind)
{
    (void)kind;
    for (uint32_t i = 0; i < maker->kept_count; i++)
        if (maker->kept[i].undo == step->undo)
            maker->kept[i].last = step;
}

static void find_kept(nest_maker *maker)
{
    const lpu_node *last = maker->path.turns[maker->path.count - 1].node;
    maker->failed |= last->after_count > MOST_KEPT;
    for (uint32_t i = 0; i < last->after_count && !maker->failed; i++)
        maker->kept[maker->kept_count++].undo = &maker->m->undo[last->after[i].level][last->after[i].reg];
    for (uint32_t i = 0; i < maker->path.count; i++)
        lpu_nest_visit(maker, maker->path.turns[i].node, note_last);
    for (uint32_t i = 0; i < maker->kept_count; i++)
        maker->failed |= !maker->kept[i].last;
}

void lpu_nest_make(nest_maker *maker)
{
    find_kept(maker);
    for (uint32_t i = 0; i < maker->path.part_count && !maker->failed; i++)
        make_part(maker, &maker->path.parts[i]);
    if (!maker->failed)
        make_ahead(maker);
    make_opening(maker);
    for (uint32_t i = 0; i < STATE_REGISTERS; i++)
        maker->homes[FIRST_PLACE + i] = maker->is_written[FIRST_PLACE + i] ? &maker->m->registers[i] : NULL;
}
