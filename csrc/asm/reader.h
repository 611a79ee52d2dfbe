/* Numbers that were told, one after the other. */
#ifndef LPU_READER_H
#define LPU_READER_H
#include "state.h"

/* `is_short` once a number was missing. */
typedef struct {
    const int64_t *at, *end;
    bool is_short;
} reader;

static inline int64_t next(reader *r)
{
    r->is_short |= r->at == r->end;
    return r->at < r->end ? *r->at++ : 0;
}

static inline bool is_index(int64_t number, int64_t count) { return number >= 0 && number < count; }

/* The recipe of a line; a count of 0 when it has none. */
static inline told recipe_of(const front *f, int32_t key)
{
    return is_index(key, COUNT(f->recipes, told)) ? ITEMS(f->recipes, told)[key] : (told){0, 0};
}

static inline reader reader_of(const front *f, told recipe)
{
    const int64_t *start = ITEMS(f->numbers, int64_t) + recipe.start;
    return (reader){start, start + recipe.count, false};
}

#endif
