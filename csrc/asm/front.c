#include <stdlib.h>
#include <string.h>
#include "reader.h"

front *front_new(void)
{
    front *f = calloc(1, sizeof(front));
    if (f)
        lpu_plan_start(&f->plan);
    return f;
}

void front_free(front *f)
{
    interned *tables[] = {&f->keys, &f->names, &f->uses, &f->bundles, &f->blocks, &f->spots, &f->forms_of,
                          &f->bursts, &f->runs_of};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        intern_free(tables[i]);
    grown *arrays[] = {&f->lines, &f->holes, &f->forms, &f->symbols, &f->numbers, &f->recipes, &f->patterns,
                       &f->integers, &f->ops, &f->pieces, &f->calls, &f->left, &f->labels, &f->objects, &f->data,
                       &f->scratch, &f->text, &f->program, &f->stretches, &f->written, &f->runs};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        free(arrays[i]->items);
    for (size_t i = 0; i < FRONT_COLUMNS; i++)
        free(f->columns[i].items);
    lpu_plan_free(&f->plan);
    free(f);
}

bool lpu_front_keep(front *f, const int64_t *numbers, int32_t count, told *place)
{
    *place = (told){(uint32_t)(f->numbers.size / sizeof *numbers), (uint32_t)count};
    int64_t *kept = grow(&f->numbers, (size_t)count * sizeof *numbers);
    if (kept && count)
        memcpy(kept, numbers, (size_t)count * sizeof *numbers);
    return kept;
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

int32_t front_set_symbols(front *f, const uint8_t *uses, const int64_t *values, int32_t count)
{
    size_t bytes = (size_t)count * sizeof(symbol);
    if (!grow_to(&f->symbols, bytes + 1, 0))
        return FRONT_MEMORY;
    f->symbols.size = bytes;
    for (int32_t name = 0; name < count; name++)
        ITEMS(f->symbols, symbol)[name] = (symbol){values[name], uses[name]};
    return 0;
}

int32_t front_keys(const front *f) { return f->keys.count; }
int32_t front_key(const front *f, int32_t key, const char **bytes)
{
    size_t size;
    *bytes = interned_at(&f->keys, key, &size);
    return (int32_t)size;
}

int32_t front_names(const front *f, int32_t first, const char **bytes, const size_t **ends)
{
    if (first >= f->names.count)
        return 0;
    size_t size;
    *bytes = interned_at(&f->names, first, &size);
    *ends = ITEMS(f->names.starts, size_t) + first + 1;
    return f->names.count - first;
}

const int32_t *front_pieces(const front *f) { return f->pieces.items; }
int32_t front_count_pieces(const front *f) { return COUNT(f->pieces, int32_t) / FRONT_PIECE; }
const int64_t *front_ops(const front *f) { return f->ops.items; }
const uint64_t *front_text(const front *f) { return f->text.items; }
const int64_t *front_column(const front *f, int32_t column) { return f->columns[column].items; }
int32_t front_length(const front *f, int32_t column) { return COUNT(f->columns[column], int64_t); }
