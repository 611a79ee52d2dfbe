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

enum { LARGE = 1 << 16, ALIGNMENT = 64, LARGE_PAGE = 1 << 21, PIECE = 1 << 16 };

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

/* From a large page on, which costs the system as much as a few small ones. */
static void *map_large(size_t bytes)
{
    uint8_t *start = map(bytes + LARGE_PAGE);
    if (!start)
        return NULL;
    size_t before = (LARGE_PAGE - (uintptr_t)start % LARGE_PAGE) % LARGE_PAGE;
    if (before)
        munmap(start, before);
    munmap(start + before + bytes, LARGE_PAGE - before);
#if defined(MADV_HUGEPAGE)
    madvise(start + before, bytes, MADV_HUGEPAGE);
#endif
    return start + before;
}
#else
static void *map_large(size_t bytes) { return malloc(bytes); }
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

void *lpu_room(size_t bytes)
{
    size_t all = (bytes + 2 * ALIGNMENT + PIECE - 1) / PIECE * PIECE;
    if (all < LARGE_PAGE)
        return put_header(malloc(all), 0);
    void *memory = put_header(map_large(all), all);
    if (memory)
        lpu_ready_zeros(memory, bytes);
    return memory;
}

void lpu_free_zeros(void *memory)
{
    if (memory)
        give_back(header_of(memory));
}
