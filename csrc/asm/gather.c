/* What lines are before any symbol has its place: which of them can be taken together, and which labels and data they
 * hold. */
#include <string.h>
#include "reader.h"

int32_t lpu_front_holes(const front *f, int32_t line)
{
    const line_read *lines = f->lines.items;
    uint32_t end = line + 1 < COUNT(f->lines, line_read) ? lines[line + 1].hole : (uint32_t)COUNT(f->holes, hole);
    return (int32_t)(end - lines[line].hole);
}

int32_t front_holes(const front *f, int32_t line, const front_hole **holes)
{
    *holes = ITEMS(f->holes, front_hole) + ITEMS(f->lines, line_read)[line].hole;
    return lpu_front_holes(f, line);
}

void front_give(front *f, int32_t line, int32_t number, int32_t given)
{
    uint32_t first = ITEMS(f->lines, line_read)[line].hole;
    ITEMS(f->holes, hole)[first + (uint32_t)number] = (hole){given, GIVEN, GIVEN};
}

int32_t front_line_key(const front *f, int32_t line) { return ITEMS(f->lines, line_read)[line].key; }

int32_t front_kind(const front *f, int32_t line)
{
    told recipe = recipe_of(f, ITEMS(f->lines, line_read)[line].key);
    return recipe.count ? (int32_t)ITEMS(f->numbers, int64_t)[recipe.start] : FRONT_PLAIN;
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

/* The labels of a line: their names and columns; past them in the recipe is what the line is. */
typedef struct {
    const hole *holes;
    int64_t hole_count;
    reader r;
} line_at;

static line_at line_of(const front *f, int32_t line, told recipe)
{
    const hole *holes = ITEMS(f->holes, hole) + ITEMS(f->lines, line_read)[line].hole;
    return (line_at){holes, lpu_front_holes(f, line), reader_of(f, recipe)};
}

static hole next_hole(line_at *l)
{
    int64_t number = next(&l->r);
    l->r.is_short |= !is_index(number, l->hole_count);
    return is_index(number, l->hole_count) ? l->holes[number] : (hole){-1, 0, 0};
}

/* Data: where in the numbers of lists they begin, how many they are, their type and its bytes and range. */
typedef struct {
    hole mark;
    int64_t list, count, type, size, low, high;
} data_of;

static data_of read_data(const front *f, line_at *l)
{
    data_of made = {.mark = next_hole(l)};
    made.list = next_hole(l).value;
    made.type = next(&l->r), made.size = next(&l->r), made.low = next(&l->r), made.high = next(&l->r);
    if (!is_index(made.list, COUNT(f->integers, int64_t)))
        l->r.is_short = true;
    else
        made.count = ITEMS(f->integers, int64_t)[made.list++];
    return made;
}

/* Whether the numbers of a line of data are of its type. */
static bool fits(const front *f, int32_t line, told recipe)
{
    line_at l = line_of(f, line, recipe);
    next(&l.r);
    for (int64_t labels = next(&l.r); labels > 0; labels--)
        next(&l.r);
    data_of data = read_data(f, &l);
    const int64_t *numbers = ITEMS(f->integers, int64_t) + data.list;
    for (int64_t i = 0; i < data.count && !l.r.is_short; i++)
        if (numbers[i] < data.low || numbers[i] > data.high)
            return false;
    return !l.r.is_short;
}

/* Whether a line can be taken with those before it; `waits` says that a label of these waits for what it is of. */
static bool goes_on(const front *f, int32_t line, told recipe, bool waits)
{
    if (!recipe.count)
        return false;
    int64_t what = ITEMS(f->numbers, int64_t)[recipe.start];
    return !(what == FRONT_SECTION && waits) && (what != FRONT_NUMBERS || fits(f, line, recipe));
}

front_extent front_stretch(const front *f, int32_t line, int32_t end)
{
    const line_read *lines = f->lines.items;
    while (line < end && lines[line].key == FRONT_BLANK)
        line++;
    front_extent found = {line, line, 0, 0, line}, so_far = found;
    bool waits = false;
    for (; so_far.end < end; so_far.end++) {
        told recipe = recipe_of(f, lines[so_far.end].key);
        if (lines[so_far.end].key == FRONT_BLANK)
            continue;
        if (!goes_on(f, so_far.end, recipe, waits))
            break;
        const int64_t *numbers = ITEMS(f->numbers, int64_t) + recipe.start;
        if (numbers[0] == FRONT_CALL)
            so_far.calls++, so_far.added += (int32_t)numbers[recipe.count - 1];
        waits = numbers[0] == FRONT_LABELS;
        if (!waits)
            found = so_far, found.end++;
    }
    found.looked = so_far.end;
    return found;
}

/* Labels and data --------------------------------------------------------------------------------------------------- */
static bool add_label(front *f, int32_t line, hole name)
{
    int32_t *at = grow(&f->labels, FRONT_DEFINED * sizeof *at);
    if (at)
        at[0] = name.value, at[1] = line, at[2] = name.column, at[3] = name.end, at[4] = -1;
    return at;
}

static int32_t gather_labels(front *f, line_at *l, int32_t line)
{
    for (int64_t labels = next(&l->r); labels > 0 && !l->r.is_short; labels--)
        if (!add_label(f, line, next_hole(l)))
            return FRONT_MEMORY;
    return l->r.is_short ? FRONT_UNFIT : 0;
}

/* Write numbers as words, the last filled up with zeros; how many words they are, negative when that fails. */
static int32_t put_data(front *f, const data_of *data)
{
    size_t bytes = ((size_t)(data->count * data->size) + 3) / 4 * 4;
    if (data->count * data->size > INT32_MAX - 4 - (int64_t)f->data.size)
        return FRONT_UNFIT;
    uint8_t *at = grow(&f->data, bytes);
    for (size_t i = 0; at && i < bytes; i++) {
        int64_t number = (int64_t)i / data->size, shift = (int64_t)i % data->size * 8;
        bool is_there = number < data->count;
        at[i] = is_there ? (uint8_t)((uint64_t)ITEMS(f->integers, int64_t)[data->list + number] >> shift) : 0;
    }
    return at ? (int32_t)(bytes / 4) : FRONT_MEMORY;
}

/* Begin an object with the labels from one on, which are before its first data; it stands where the first of both does. */
static bool add_object(front *f, const front_gathered *g, int32_t first, const data_of *data, int32_t line, int32_t words)
{
    int32_t *object = grow(&f->objects, FRONT_DATA_OBJECT * sizeof *object);
    if (!object)
        return false;
    int32_t labels = COUNT(f->labels, int32_t) / FRONT_DEFINED;
    const int32_t mark[] = {-1, line, data->mark.column, data->mark.end};
    const int32_t *at = first < labels ? ITEMS(f->labels, int32_t) + first * FRONT_DEFINED : mark;
    const int32_t made[FRONT_DATA_OBJECT] = {
        (int32_t)data->type, (int32_t)data->count, words, (int32_t)f->data.size / 4 - words, words,
        at[1], at[2], at[3], first, labels - first, g->is_closed, g->is_anywhere,
    };
    memcpy(object, made, sizeof made);
    for (; first < labels; first++)
        ITEMS(f->labels, int32_t)[first * FRONT_DEFINED + 4] = COUNT(f->objects, int32_t) / FRONT_DATA_OBJECT - 1;
    return true;
}

/* Data goes on with what is open when no label is before it. */
static int32_t gather_data(front *f, line_at *l, int32_t line, int32_t first, front_gathered *g)
{
    data_of data = read_data(f, l);
    int32_t words = l->r.is_short ? FRONT_UNFIT : put_data(f, &data);
    if (words < 0)
        return words;
    bool goes_on = g->is_open && f->objects.size && first == COUNT(f->labels, int32_t) / FRONT_DEFINED;
    g->is_open = true;
    if (!goes_on)
        return add_object(f, g, first, &data, line, words) ? 0 : FRONT_MEMORY;
    ITEMS(f->objects, int32_t)[COUNT(f->objects, int32_t) - FRONT_DATA_OBJECT + 4] += words;
    return 0;
}

static void gather_section(const front *f, front_gathered *g, bool is_data)
{
    if (is_data || g->in_data) {
        g->before = g->is_closed ? g->before : COUNT(f->labels, int32_t) / FRONT_DEFINED;
        g->is_open = false, g->is_closed = true;
    }
    g->is_anywhere |= is_data;
    g->in_data = is_data;
}

/* Take a line; labels from `waiting` on are not settled. */
static int32_t gather_line(front *f, int32_t number, told recipe, int32_t *waiting, front_gathered *g)
{
    line_at l = line_of(f, number, recipe);
    int32_t line = ITEMS(f->lines, line_read)[number].number, what = (int32_t)next(&l.r);
    int32_t failed = gather_labels(f, &l, line);
    if (failed < 0 || what == FRONT_LABELS)
        return failed;
    if (g->first < 0)
        g->first = what;
    if (what == FRONT_NUMBERS)
        failed = gather_data(f, &l, line, *waiting, g);
    else if (what == FRONT_SECTION)
        gather_section(f, g, next(&l.r));
    *waiting = COUNT(f->labels, int32_t) / FRONT_DEFINED;
    return failed;
}

front_gathered front_gather(front *f, int32_t line, int32_t end, bool in_data, bool is_open)
{
    int32_t waiting = 0;
    front_gathered g = {.first = -1, .in_data = in_data, .is_open = is_open};
    f->labels.size = f->objects.size = f->data.size = 0;
    for (; line >= 0 && line < end && line < COUNT(f->lines, line_read) && g.failed >= 0; line++) {
        told recipe = recipe_of(f, ITEMS(f->lines, line_read)[line].key);
        if (recipe.count)
            g.failed = gather_line(f, line, recipe, &waiting, &g);
    }
    g.labels = COUNT(f->labels, int32_t) / FRONT_DEFINED, g.objects = COUNT(f->objects, int32_t) / FRONT_DATA_OBJECT;
    return g;
}

const int32_t *front_labels(const front *f) { return f->labels.items; }
const int32_t *front_objects(const front *f) { return f->objects.items; }
const int32_t *front_call(const front *f, int32_t origin) { return &ITEMS(f->calls, call)[-1 - origin].origin; }
const uint8_t *front_data(const front *f) { return f->data.items; }
int64_t front_data_size(const front *f) { return (int64_t)f->data.size; }
