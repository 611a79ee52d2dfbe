/* Texts and rows of numbers by their content: equal ones get one number, counted from 0. */
#ifndef LPU_INTERN_H
#define LPU_INTERN_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Memory that grows: `items` have room for so many bytes, of which `size` are in use. Zeroed, it is empty. */
typedef struct {
    void *items;
    size_t size, room;
} grown;

/* Add so many bytes to the end; where they begin, NULL when there is no memory. */
void *grow(grown *g, size_t bytes);
/* Make it at least so many bytes, new ones of a value; whether there is memory. */
bool grow_to(grown *g, size_t size, int byte);
/* Numbers as a stack: put one on it, whether there is memory; and take the last one from it. */
bool push(grown *stack, int32_t number);
int32_t pop(grown *stack);

/* Zeroed, it is empty. `starts` has where each content begins in `content`, and one past the last. */
typedef struct {
    grown content, starts, hashes;
    int32_t *slots; /* number + 1, 0 for none */
    size_t capacity;
    int32_t count;
} interned;

/* The number of a content; -1 when there is no memory. */
int32_t intern(interned *table, const void *bytes, size_t size);
/* The content of a number. */
const void *interned_at(const interned *table, int32_t number, size_t *size);
void intern_free(interned *table);

#endif
