/* What is told of ops and lines: forms, recipes. */
#include "reader.h"

/* Forms: row, unit, target, scale, count, access, control, cycles, taken, whether it is a burst, the row of one, word,
 * registers..., fields... ---------------------------------------------------------------------------------------- */
static bool read_registers(reader *r, form *made)
{
    int64_t count = next(r);
    if (!is_index(count, FRONT_FIELDS + 1))
        return false;
    made->register_count = (int32_t)count;
    for (int32_t i = 0; i < count; i++) {
        int64_t at = next(r);
        if (!is_index(at, FRONT_BURST_FIELDS))
            return false;
        made->registers[i] = (int32_t)at;
    }
    return true;
}

static bool read_fields(reader *r, form *made)
{
    int64_t count = next(r);
    if (!is_index(count, (made->is_burst ? FRONT_BURST_FIELDS : FRONT_FIELDS) + 1))
        return false;
    made->field_count = (int32_t)count;
    for (int32_t i = 0; i < count; i++) {
        int64_t numbers[5];
        for (int j = 0; j < 5; j++)
            numbers[j] = next(r);
        /* those of a burst that are all in its extension may stand after the end of what is before that */
        bool fits = is_index(numbers[0], made->is_burst ? 65 : 64) && is_index(numbers[1], 64) && is_index(numbers[2], 64);
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
    made.scale = (int32_t)next(&r), made.count = (int32_t)next(&r), made.is_access = next(&r) != 0;
    made.control = (int32_t)next(&r), made.cycles = (int32_t)next(&r), made.taken = (int32_t)next(&r);
    made.is_burst = next(&r) != 0, made.lane_row = (int32_t)next(&r), made.word = (uint64_t)next(&r);
    if (!read_registers(&r, &made) || !read_fields(&r, &made) || r.is_short)
        return FRONT_UNFIT;
    if (made.unit >= made.field_count || made.target >= made.field_count || made.scale >= made.field_count ||
        made.count >= made.field_count || made.lane_row >= made.field_count)
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
