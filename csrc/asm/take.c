/* Lines to ops, by the recipes of their keys. */
#include <string.h>
#include "state.h"

/* Numbers that were told, one after the other; `is_short` once one was missing. */
typedef struct {
    const int64_t *at, *end;
    bool is_short;
} reader;

static int64_t next(reader *r)
{
    r->is_short |= r->at == r->end;
    return r->at < r->end ? *r->at++ : 0;
}

static bool is_index(int64_t number, int64_t count) { return number >= 0 && number < count; }

/* Forms: row, unit, target, scale, access, control, word, registers..., fields... -------------------------------- */
static bool read_registers(reader *r, form *made)
{
    int64_t count = next(r);
    if (!is_index(count, FRONT_FIELDS + 1))
        return false;
    made->register_count = (int32_t)count;
    for (int32_t i = 0; i < count; i++) {
        int64_t at = next(r);
        if (!is_index(at, FRONT_FIELDS))
            return false;
        made->registers[i] = (int32_t)at;
    }
    return true;
}

static bool read_fields(reader *r, form *made)
{
    int64_t count = next(r);
    if (!is_index(count, FRONT_FIELDS + 1))
        return false;
    made->field_count = (int32_t)count;
    for (int32_t i = 0; i < count; i++) {
        int64_t numbers[5];
        for (int j = 0; j < 5; j++)
            numbers[j] = next(r);
        bool fits = is_index(numbers[0], 64) && is_index(numbers[1], 64) && is_index(numbers[2], 64);
        if (!fits || !is_index(numbers[3], 64) || !is_index(numbers[4], 64))
            return false;
        made->fields[i].position = (int32_t)numbers[0], made->fields[i].width = (int32_t)numbers[1];
        made->fields[i].bias = (int32_t)numbers[2];
        made->fields[i].ext_position = (int32_t)numbers[3], made->fields[i].ext_width = (int32_t)numbers[4];
    }
    return true;
}

int32_t front_form(front *f, const int64_t *numbers, int32_t count)
{
    reader r = {numbers, numbers + count, false};
    form made = {.row = (int32_t)next(&r), .unit = (int32_t)next(&r), .target = (int32_t)next(&r)};
    made.scale = (int32_t)next(&r);
    made.is_access = next(&r) != 0, made.is_control = next(&r) != 0;
    made.word = (uint64_t)next(&r);
    if (!read_registers(&r, &made) || !read_fields(&r, &made) || r.is_short)
        return FRONT_UNFIT;
    if (made.unit >= made.field_count || made.target >= made.field_count || made.scale >= made.field_count)
        return FRONT_UNFIT;
    form *kept = grow(&f->forms, sizeof *kept);
    if (!kept)
        return FRONT_MEMORY;
    *kept = made;
    return COUNT(f->forms, form) - 1;
}

/* Recipes -------------------------------------------------------------------------------------------------------- */
int32_t front_recipe(front *f, int32_t key, const int64_t *numbers, int32_t count)
{
    while (COUNT(f->recipes, told) < f->keys.count) {
        told *none = grow(&f->recipes, sizeof *none);
        if (!none)
            return FRONT_MEMORY;
        *none = (told){0, 0};
    }
    if (!is_index(key, f->keys.count))
        return FRONT_UNFIT;
    return lpu_front_keep(f, numbers, count, &ITEMS(f->recipes, told)[key]) ? 0 : FRONT_MEMORY;
}

void front_symbol(front *f, int32_t name, int32_t uses, int64_t value)
{
    while (COUNT(f->symbols, symbol) < f->names.count) {
        symbol *none = grow(&f->symbols, sizeof *none);
        if (!none)
            return;
        *none = (symbol){0, 0};
    }
    if (is_index(name, COUNT(f->symbols, symbol)))
        ITEMS(f->symbols, symbol)[name] = (symbol){value, uses};
}

/* The recipe of a line; a count of 0 when it has none. */
static told recipe_of(const front *f, int32_t key)
{
    return is_index(key, COUNT(f->recipes, told)) ? ITEMS(f->recipes, told)[key] : (told){0, 0};
}

static reader reader_of(const front *f, told recipe)
{
    const int64_t *start = ITEMS(f->numbers, int64_t) + recipe.start;
    return (reader){start, start + recipe.count, false};
}

int32_t front_plain(const front *f)
{
    int32_t more = 0;
    for (int32_t at = 0; at < COUNT(f->lines, line_read); at++) {
        int32_t key = ITEMS(f->lines, line_read)[at].key;
        if (key != FRONT_BLANK)
            more += recipe_of(f, key).count ? -1 : 1;
    }
    return more;
}

int32_t front_stretch(const front *f, int32_t line, int32_t end)
{
    const line_read *lines = f->lines.items;
    int32_t last = line, count = COUNT(f->lines, line_read);
    for (int32_t at = line; at >= 0 && at < count && at < end && lines[at].key != FRONT_PLAIN; at++) {
        told recipe = recipe_of(f, lines[at].key);
        if (lines[at].key >= 0 && !recipe.count)
            return last;
        if (recipe.count && ITEMS(f->numbers, int64_t)[recipe.start])
            last = at + 1;
    }
    return last;
}

/* Taking lines: ops, then labels, then each op as told ------------------------------------------------------------ */
typedef struct {
    front *f;
    const hole *holes;
    int64_t hole_count;
    int32_t line, origin;
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

static int32_t uses_of(front *f, const form *made, const front_op *op)
{
    int32_t key[FRONT_FIELDS + 1] = {made->row};
    for (int32_t i = 0; i < made->register_count; i++)
        key[i + 1] = (int32_t)op->values[made->registers[i]];
    return intern(&f->uses, key, (size_t)(made->register_count + 1) * sizeof *key);
}

/* Take the next op of a recipe; whether it decides what follows, or what failed. */
static int32_t take_op(taker *t)
{
    int64_t number = next(&t->r);
    hole mark = hole_at(t, next(&t->r));
    if (!is_index(number, COUNT(t->f->forms, form)))
        return FRONT_UNFIT;
    const form *made = &ITEMS(t->f->forms, form)[number];
    front_op op = {number, t->origin, t->line, mark.column, mark.end, -1, 0, 0, {0}};
    if (!fill(t, &op, made->field_count) || !refer(t, &op) || t->r.is_short)
        return FRONT_UNFIT;
    op.uses = uses_of(t->f, made, &op);
    front_op *kept = op.uses < 0 ? NULL : grow(&t->f->ops, sizeof *kept);
    if (!kept)
        return FRONT_MEMORY;
    *kept = op;
    return made->is_control;
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
    if (last && last[0] == FRONT_LINEAR && !last[3]) {
        last[2] = end, last[3] = is_control, last[4] += accesses;
        return 0;
    }
    return add_piece(t->f, FRONT_LINEAR, end - 1, end, is_control, accesses) ? 0 : FRONT_MEMORY;
}

static int32_t take_labels(taker *t)
{
    for (int64_t labels = next(&t->r); labels > 0 && !t->r.is_short; labels--) {
        hole name = hole_at(t, next(&t->r));
        if (name.value < 0 || !add_piece(t->f, FRONT_AT_LABEL, (int32_t)name.value, t->line, name.column, 0))
            return FRONT_MEMORY;
    }
    return t->r.is_short ? FRONT_UNFIT : 0;
}

static int32_t take_line(taker *t, bool labels_alone)
{
    int64_t ops = next(&t->r), is_bundle = next(&t->r);
    int32_t failed = take_labels(t);
    if (failed || labels_alone || !ops)
        return failed;
    return is_bundle ? take_bundle(t, ops) : take_linear(t);
}

static int32_t take_lines(front *f, int32_t line, int32_t end, bool labels_alone)
{
    const line_read *lines = f->lines.items;
    if (line < 0 || end > COUNT(f->lines, line_read))
        return FRONT_UNFIT;
    size_t before = f->ops.size;
    f->pieces.size = 0;
    for (; line < end; line++) {
        told recipe = recipe_of(f, lines[line].key);
        if (!recipe.count)
            continue;
        int64_t holes = COUNT(f->holes, hole) - (int64_t)lines[line].hole;
        const hole *first = ITEMS(f->holes, hole) + lines[line].hole;
        taker t = {f, first, holes, lines[line].number, lines[line].origin, reader_of(f, recipe)};
        int32_t failed = take_line(&t, labels_alone);
        if (failed < 0) {
            f->ops.size = before;
            return failed;
        }
    }
    return COUNT(f->pieces, int32_t) / FRONT_PIECE;
}

int32_t front_labels(front *f, int32_t line, int32_t end) { return take_lines(f, line, end, true); }
int32_t front_take(front *f, int32_t line, int32_t end) { return take_lines(f, line, end, false); }

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
