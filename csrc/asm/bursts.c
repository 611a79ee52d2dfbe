/* Bursts: what those are told apart by is told once, how they are written. */
#include <string.h>
#include "reader.h"

void front_limit_rows(front *f, int64_t rows) { f->rows = rows; }

int32_t front_count_bursts(const front *f) { return f->bursts.count; }

const int64_t *front_burst(const front *f, int32_t number)
{
    size_t size;
    return interned_at(&f->bursts, number, &size);
}

int32_t front_tell_bursts(front *f, const uint64_t *syllables, int32_t count)
{
    size_t bytes = FRONT_WRITTEN * (size_t)count * sizeof *syllables;
    f->written.size = 0;
    uint64_t *kept = count == f->bursts.count ? grow(&f->written, bytes) : NULL;
    if (!kept)
        return count == f->bursts.count ? FRONT_MEMORY : FRONT_UNFIT;
    memcpy(kept, syllables, bytes);
    return 0;
}
