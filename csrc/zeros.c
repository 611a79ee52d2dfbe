/* Large pieces are mapped one by one: a heap that has grown would hand out what was used before, and fill all of it. */
#if (defined(__unix__) || defined(__APPLE__)) && !defined(LPU_HEAP) && !defined(LPU_PORTABLE)
#define _DEFAULT_SOURCE
#define MAPS_MEMORY 1
#include <sys/mman.h>
#include <unistd.h>
#endif
#include <stdint.h>
#include <stdlib.h>
#include "zeros.h"

enum { LARGE = 1 << 16, ALIGNMENT = 64 };

/* Stands before the memory: what was taken for both, and whether it is `mapped`, so many bytes. */
typedef struct {
    void *start;
    size_t mapped;
} header;

static header *header_of(void *memory) { return (header *)((uint8_t *)memory - ALIGNMENT); }

static void *put_header(uint8_t *start, size_t mapped)
{
    if (!start)
        return NULL;
    uint8_t *memory = start + 2 * ALIGNMENT - (uintptr_t)start % ALIGNMENT;
    *header_of(memory) = (header){start, mapped};
    return memory;
}

#if defined(MAPS_MEMORY)
static void *map(size_t bytes)
{
    void *start = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return start == MAP_FAILED ? NULL : start;
}

static void give_back(const header *h)
{
    if (h->mapped)
        munmap(h->start, h->mapped);
    else
        free(h->start);
}
void lpu_ready_zeros(void *memory, size_t bytes)
{
#if defined(MADV_POPULATE_WRITE)
    size_t page = (size_t)sysconf(_SC_PAGESIZE), before = (uintptr_t)memory % page;
    if (bytes >= page)
        madvise((uint8_t *)memory - before, before + bytes, MADV_POPULATE_WRITE);
#else
    (void)memory, (void)bytes;
#endif
}
#else
void lpu_ready_zeros(void *memory, size_t bytes) { (void)memory, (void)bytes; }
static void *map(size_t bytes) { return calloc(1, bytes); }
static void give_back(const header *h) { free(h->start); }
#endif

void *lpu_zeros(size_t count, size_t size)
{
    if (size && count > (SIZE_MAX - 2 * ALIGNMENT) / size)
        return NULL;
    size_t bytes = count * size + 2 * ALIGNMENT;
    return bytes < LARGE ? put_header(calloc(1, bytes), 0) : put_header(map(bytes), bytes);
}

void lpu_free_zeros(void *memory)
{
    if (memory)
        give_back(header_of(memory));
}
