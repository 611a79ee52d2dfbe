#include <stdlib.h>
#include <string.h>
#include "state.h"

front *front_new(void) { return calloc(1, sizeof(front)); }

void front_free(front *f)
{
    interned *tables[] = {&f->keys, &f->names, &f->uses, &f->bundles, &f->blocks};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        intern_free(tables[i]);
    grown *arrays[] = {&f->lines,   &f->holes,    &f->forms, &f->symbols, &f->numbers, &f->recipes,
                       &f->patterns, &f->ops,     &f->pieces, &f->scratch, &f->text};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        free(arrays[i]->items);
    for (size_t i = 0; i < FRONT_COLUMNS; i++)
        free(f->columns[i].items);
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

static int32_t content(const interned *table, int32_t number, const char **bytes)
{
    size_t size;
    *bytes = interned_at(table, number, &size);
    return (int32_t)size;
}

int32_t front_keys(const front *f) { return f->keys.count; }
int32_t front_key(const front *f, int32_t key, const char **bytes) { return content(&f->keys, key, bytes); }
int32_t front_names(const front *f) { return f->names.count; }
int32_t front_name(const front *f, int32_t name, const char **bytes) { return content(&f->names, name, bytes); }
const int32_t *front_pieces(const front *f) { return f->pieces.items; }
const int64_t *front_ops(const front *f) { return f->ops.items; }
const uint64_t *front_text(const front *f) { return f->text.items; }
const int64_t *front_column(const front *f, int32_t column) { return f->columns[column].items; }
int32_t front_length(const front *f, int32_t column) { return COUNT(f->columns[column], int64_t); }
