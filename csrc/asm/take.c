/* Lines to ops, by the recipes of their keys. */
#include <string.h>
#include "reader.h"

/* Taking lines: ops, then labels, then each op as told ------------------------------------------------------------ */
/* `number` is that of the line among all, -1 in the body of a macro. */
typedef struct {
    front *f;
    const hole *holes;
    int64_t hole_count;
    int32_t line, origin, number;
    reader r;
} taker;

/* What stands in a hole that a recipe names. */
static hole hole_at(taker *t, int64_t number)
{
    t->r.is_short |= !is_index(number, t->hole_count);
    return is_index(number, t->hole_count) ? t->holes[number] : (hole){0, 0, 0};
}

/* A sum of holes as told: whether it is in its range. */
static bool add_up(taker *t, int64_t *sum)
{
    *sum = next(&t->r);
    int64_t low = next(&t->r), high = next(&t->r);
    for (int64_t terms = next(&t->r); terms > 0 && !t->r.is_short; terms--) {
        int64_t value = hole_at(t, next(&t->r)).value;
        *sum += value * next(&t->r);
    }
    return *sum >= low && *sum <= high && !t->r.is_short;
}

/* What the name in an op stands for: a number is added to it, a place is referred to. */
static bool refer(taker *t, front_op *op)
{
    int64_t name = next(&t->r), uses = next(&t->r), at = next(&t->r);
    if (name < 0)
        return true;
    int64_t number = hole_at(t, name).value;
    if (!is_index(number, COUNT(t->f->symbols, symbol)) || !is_index(at, FRONT_FIELDS))
        return false;
    symbol known = ITEMS(t->f->symbols, symbol)[number];
    int64_t sum = known.value + op->addend;
    if (known.uses != FRONT_LABEL)
        op->values[at] = sum & UINT32_MAX;
    if (known.uses == FRONT_CONSTANT)
        op->addend = sum;
    else
        op->name = number;
    return known.uses & uses && sum >= INT32_MIN && sum <= UINT32_MAX;
}

/* The sums that an op is made of: those of its addend (-1) and its fields. */
static bool fill(taker *t, front_op *op, int32_t field_count)
{
    for (int32_t i = 0; i < field_count; i++)
        op->values[i] = next(&t->r);
    for (int64_t sums = next(&t->r); sums > 0; sums--) {
        int64_t field = next(&t->r), sum;
        if (field >= FRONT_FIELDS || !add_up(t, &sum))
            return false;
        if (field < 0)
            op->addend = sum;
        else
            op->values[field] = sum < 0 ? sum + UINT32_MAX + 1 : sum;
    }
    return true;
}

static int32_t uses_of(front *f, const form *made, const int64_t *values)
{
    int32_t key[FRONT_FIELDS + 1] = {made->row};
    for (int32_t i = 0; i < made->register_count; i++)
        key[i + 1] = (int32_t)values[made->registers[i]];
    return intern(&f->uses, key, (size_t)(made->register_count + 1) * sizeof *key);
}

/* The sums that the fields of a burst are made of, and what its names stand for. */
static bool fill_burst(taker *t, int64_t *values, int32_t field_count)
{
    for (int32_t i = 0; i < field_count; i++)
        values[i] = next(&t->r);
    for (int64_t sums = next(&t->r); sums > 0; sums--) {
        int64_t field = next(&t->r), sum;
        if (!is_index(field, field_count) || !add_up(t, &sum))
            return false;
        values[field] = sum;
    }
    for (int64_t names = next(&t->r); names > 0; names--) {
        int64_t field = next(&t->r), name = hole_at(t, next(&t->r)).value, uses = next(&t->r);
        if (!is_index(field, field_count) || !is_index(name, COUNT(t->f->symbols, symbol)))
            return false;
        symbol known = ITEMS(t->f->symbols, symbol)[name];
        if (!(known.uses & uses))
            return false;
        values[field] = known.value;
    }
    return !t->r.is_short;
}

/* Take what is left of a burst; 0, or what failed. */
static int32_t take_burst(taker *t, const form *made, front_op *op)
{
    int64_t key[FRONT_BURST_FIELDS + 1] = {op->form}, *values = key + 1;
    if (!fill_burst(t, values, made->field_count))
        return FRONT_UNFIT;
    if (made->lane_row >= 0) {
        op->values[FRONT_ROW] = values[made->lane_row], values[made->lane_row] = 0;
        if (!is_index(op->values[FRONT_ROW], t->f->rows))
            return FRONT_UNFIT;
    }
    op->values[FRONT_LINE] = t->number, op->values[FRONT_UNIT] = -1;
    op->values[FRONT_BURST] = intern(&t->f->bursts, key, sizeof key);
    op->uses = uses_of(t->f, made, values);
    return op->values[FRONT_BURST] < 0 || op->uses < 0 ? FRONT_MEMORY : 0;
}

/* Take the next op of a recipe; whether it decides what follows, or what failed. */
static int32_t take_op(taker *t)
{
    int64_t number = next(&t->r);
    hole mark = hole_at(t, next(&t->r));
    if (!is_index(number, COUNT(t->f->forms, form)))
        return FRONT_UNFIT;
    const form *made = &ITEMS(t->f->forms, form)[number];
    front_op *op = grow(&t->f->ops, sizeof *op); /* taken back with its line when it cannot be filled */
    if (!op)
        return FRONT_MEMORY;
    *op = (front_op){number, t->origin, t->line, mark.column, mark.end, -1, 0, 0, {0}};
    if (made->is_burst)
        return take_burst(t, made, op);
    if (!fill(t, op, made->field_count) || !refer(t, op) || t->r.is_short)
        return FRONT_UNFIT;
    op->uses = uses_of(t->f, made, op->values);
    if (op->uses < 0)
        return FRONT_MEMORY;
    return made->control != FRONT_PASSES;
}

static bool add_piece(front *f, int32_t kind, int32_t one, int32_t two, int32_t three, int32_t four)
{
    int32_t *piece = grow(&f->pieces, FRONT_PIECE * sizeof *piece);
    if (piece)
        piece[0] = kind, piece[1] = one, piece[2] = two, piece[3] = three, piece[4] = four;
    return piece;
}

/* The number of what the ops from one on do to registers, together. */
static int32_t bundle_of(front *f, int32_t first)
{
    int32_t count = COUNT(f->ops, front_op) - first;
    f->scratch.size = 0;
    int32_t *key = grow(&f->scratch, (size_t)count * sizeof *key);
    if (!key)
        return -1;
    for (int32_t i = 0; i < count; i++)
        key[i] = (int32_t)ITEMS(f->ops, front_op)[first + i].uses;
    return intern(&f->bundles, key, (size_t)count * sizeof *key);
}

static int32_t take_bundle(taker *t, int64_t count)
{
    int32_t first = COUNT(t->f->ops, front_op), control = -1;
    for (int64_t i = 0; i < count; i++) {
        int32_t is_control = take_op(t);
        if (is_control < 0)
            return is_control;
        if (is_control && control < 0)
            control = first + (int32_t)i;
    }
    int32_t kind = bundle_of(t->f, first);
    int32_t end = COUNT(t->f->ops, front_op);
    return kind >= 0 && add_piece(t->f, FRONT_BUNDLE, first, end, kind, control) ? 0 : FRONT_MEMORY;
}

/* Take an op of linear code, to the piece before it where that goes on. */
static int32_t take_linear(taker *t)
{
    int32_t is_control = take_op(t);
    if (is_control < 0)
        return is_control;
    int32_t end = COUNT(t->f->ops, front_op), pieces = COUNT(t->f->pieces, int32_t);
    int32_t *last = pieces ? ITEMS(t->f->pieces, int32_t) + pieces - FRONT_PIECE : NULL;
    int32_t accesses = ITEMS(t->f->forms, form)[ITEMS(t->f->ops, front_op)[end - 1].form].is_access;
    if (t->f->pieces.size > t->f->taken && last[0] == FRONT_LINEAR && !last[3]) {
        last[2] = end, last[3] = is_control, last[4] += accesses;
        return 0;
    }
    return add_piece(t->f, FRONT_LINEAR, end - 1, end, is_control, accesses) ? 0 : FRONT_MEMORY;
}

/* Add the labels of a line that are places of the program. */
static int32_t take_labels(taker *t)
{
    for (int64_t labels = next(&t->r); labels > 0 && !t->r.is_short; labels--) {
        hole name = hole_at(t, next(&t->r));
        if (!is_index(name.value, COUNT(t->f->symbols, symbol)))
            return FRONT_UNFIT;
        bool is_here = ITEMS(t->f->symbols, symbol)[name.value].uses == FRONT_LABEL;
        if (is_here && !add_piece(t->f, FRONT_AT_LABEL, (int32_t)name.value, t->line, name.column, 0))
            return FRONT_MEMORY;
    }
    return t->r.is_short ? FRONT_UNFIT : 0;
}

static int32_t take_ops(taker *t)
{
    int64_t ops = next(&t->r), is_bundle = next(&t->r);
    return is_bundle ? take_bundle(t, ops) : take_linear(t);
}

/* The number of a use of a macro as an origin of lines, which is negative; 0 when there is no memory. */
static int32_t add_call(taker *t, hole mark, int64_t macro)
{
    call *made = grow(&t->f->calls, sizeof *made);
    if (!made)
        return 0;
    *made = (call){t->origin, t->line, mark.column, mark.end, (int32_t)macro};
    return -COUNT(t->f->calls, call);
}

/* Take a line of the body of a macro, whose holes are its own or those that its use gives. */
static int32_t take_body_line(const taker *use, int64_t number, int32_t origin)
{
    front *f = use->f;
    hole filled[MOST_HOLES];
    if (!is_index(number, COUNT(f->lines, line_read)))
        return FRONT_UNFIT;
    const line_read *line = ITEMS(f->lines, line_read) + number;
    int32_t count = lpu_front_holes(f, (int32_t)number);
    reader r = reader_of(f, recipe_of(f, line->key));
    if (count > MOST_HOLES || next(&r) != FRONT_CODE)
        return FRONT_UNFIT;
    for (int32_t i = 0; i < count; i++) {
        filled[i] = ITEMS(f->holes, hole)[line->hole + (uint32_t)i];
        if (filled[i].column == GIVEN && !is_index(filled[i].value, use->hole_count))
            return FRONT_UNFIT;
        if (filled[i].column == GIVEN)
            filled[i] = use->holes[filled[i].value];
    }
    taker t = {f, filled, count, line->number, origin, -1, r};
    int32_t failed = take_labels(&t);
    return failed < 0 ? failed : take_ops(&t);
}

static int32_t take_call(taker *t)
{
    hole mark = hole_at(t, next(&t->r));
    int32_t origin = add_call(t, mark, next(&t->r)), failed = origin ? 0 : FRONT_MEMORY;
    for (int64_t lines = next(&t->r); lines > 0 && failed >= 0; lines--)
        failed = take_body_line(t, next(&t->r), origin);
    return t->r.is_short ? FRONT_UNFIT : failed;
}

static int32_t take_line(front *f, int32_t number)
{
    line_read line = ITEMS(f->lines, line_read)[number];
    told recipe = recipe_of(f, line.key);
    if (!recipe.count)
        return 0;
    const hole *first = ITEMS(f->holes, hole) + line.hole;
    taker t = {f, first, lpu_front_holes(f, number), line.number, line.origin, number, reader_of(f, recipe)};
    int64_t what = next(&t.r);
    int32_t failed = what == FRONT_ODD ? FRONT_UNFIT : take_labels(&t);
    if (failed < 0 || (what != FRONT_CODE && what != FRONT_CALL))
        return failed;
    return what == FRONT_CODE ? take_ops(&t) : take_call(&t);
}

/* How far lines were taken: what is undone when the next of them cannot be. */
typedef struct {
    size_t ops, pieces, calls;
    int32_t last[FRONT_PIECE];
} mark_of;

static mark_of mark_now(const front *f)
{
    mark_of mark = {f->ops.size, f->pieces.size, f->calls.size, {0}};
    if (mark.pieces)
        memcpy(mark.last, ITEMS(f->pieces, uint8_t) + mark.pieces - sizeof mark.last, sizeof mark.last);
    return mark;
}

static void go_back(front *f, const mark_of *mark)
{
    f->ops.size = mark->ops, f->pieces.size = mark->pieces, f->calls.size = mark->calls;
    if (mark->pieces)
        memcpy(ITEMS(f->pieces, uint8_t) + mark->pieces - sizeof mark->last, mark->last, sizeof mark->last);
}

/* Say that a line was not taken, and how many pieces are before it. */
static bool add_left(front *f, int32_t line)
{
    int32_t *left = grow(&f->left, 2 * sizeof *left);
    f->taken = f->pieces.size;
    if (left)
        left[0] = line, left[1] = front_count_pieces(f);
    return left;
}

int32_t front_take(front *f, int32_t line, int32_t end)
{
    if (line < 0 || end > COUNT(f->lines, line_read))
        return FRONT_UNFIT;
    f->taken = f->pieces.size;
    f->left.size = 0;
    for (; line < end; line++) {
        mark_of mark = mark_now(f);
        int32_t failed = take_line(f, line);
        if (failed < 0)
            go_back(f, &mark);
        if (failed == FRONT_MEMORY || (failed < 0 && !add_left(f, line)))
            return FRONT_MEMORY;
    }
    return COUNT(f->left, int32_t) / 2;
}

const int32_t *front_left(const front *f) { return f->left.items; }

/* What blocks are alike in ---------------------------------------------------------------------------------------- */
enum { MARKS = 5 };

/* How far an access is from the first one of its symbol among the ops from one on; without a symbol, where it is. */
static int64_t distance(const front *f, const front_op *ops, int32_t first, int32_t at)
{
    for (int32_t i = first; ops[at].name >= 0 && i < at; i++)
        if (ops[i].name == ops[at].name && ITEMS(f->forms, form)[ops[i].form].is_access)
            return ops[at].addend - ops[i].addend;
    return ops[at].name < 0 ? ops[at].addend : 0;
}

int32_t front_likeness(front *f, int32_t first, int32_t end)
{
    const front_op *ops = f->ops.items;
    f->scratch.size = 0;
    int64_t *marks = grow(&f->scratch, (size_t)(end - first) * MARKS * sizeof *marks);
    if (!marks)
        return FRONT_MEMORY;
    memset(marks, 0, f->scratch.size);
    for (int32_t i = first; i < end; i++, marks += MARKS) {
        const form *made = &ITEMS(f->forms, form)[ops[i].form];
        marks[0] = ops[i].uses;
        if (!made->is_access)
            continue;
        marks[1] = 1, marks[2] = ops[i].name, marks[3] = distance(f, ops, first, i);
        marks[4] = made->scale < 0 ? 0 : ops[i].values[made->scale];
    }
    return intern(&f->blocks, f->scratch.items, f->scratch.size);
}
