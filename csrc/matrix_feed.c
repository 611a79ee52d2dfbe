/* Results that go straight to accumulator rows which are known before they are taken. See matrix.h. */
#include <string.h>
#include "matrix_planes.h"

/* Beginning -------------------------------------------------------------------------------------------------------- */
/* Whether all activations that wait are of a type. */
static bool are_alike(const plane_state *p, int type)
{
    for (size_t i = p->posted; i < p->end; i++)
        if (p->ring[i % RING].type != type)
            return false;
    return true;
}

static int32_t *sums_of(const plane_state *p, size_t row) { return (int32_t *)(p->rows + row * p->owner->lanes); }

/* Whether all results from one on are added, or none is. */
static bool are_all_or_none(const bool *adds, size_t first, size_t count)
{
    for (size_t i = first; i < count; i++)
        if (adds[i] != adds[first])
            return false;
    return true;
}

/* Activations that came before. */
static void give_waiting(plane_state *p)
{
    plane_feed *f = &p->feed;
    for (size_t i = f->from; i < p->end && f->given < f->count; i++)
        f->rows[f->given++].x = p->activations + i % RING * p->owner->lanes;
}

bool matrix_begin_feed(lpu_matrix *m, unsigned plane, int type, const uint32_t *rows, size_t count, const bool *adds)
{
    plane_state *p = &m->planes[plane];
    plane_feed *f = &p->feed;
    size_t made = p->posted - p->first;
    if (count <= made || count > MOST_FED || is_wide(type) || !are_alike(p, type) || !are_all_or_none(adds, made, count))
        return false;
    f->from = p->posted, f->count = count - made, f->type = type, f->adds = adds[made];
    f->given = f->posted = f->made = f->taken = 0;
    if (!p->pack)
        matrix_pack(m, plane);
    for (size_t i = 0; i < f->count; i++) {
        f->rows[i].out = sums_of(p, rows[made + i]);
        p->is_set[rows[made + i]] = true;
    }
    give_waiting(p);
    return true;
}

/* Giving ----------------------------------------------------------------------------------------------------------- */
static bool is_fed(const plane_state *p) { return p->feed.given < p->feed.count; }

bool matrix_is_fed(const lpu_matrix *m, unsigned plane) { return is_fed(&m->planes[plane]); }

void matrix_feed(lpu_matrix *m, unsigned plane, const void *x, bool stays)
{
    plane_state *p = &m->planes[plane];
    plane_feed *f = &p->feed;
    uint8_t *copy = f->copies + f->given * m->lanes;
    f->rows[f->given++].x = stays ? x : memcpy(copy, x, m->lanes);
    p->end++;
}

/* Multiplying ------------------------------------------------------------------------------------------------------ */
void matrix_multiply_fed(void *rows)
{
    const fed_rows *job = rows;
    const plane_state *p = job->plane;
    const plane_feed *f = &p->feed;
    product_integer_rows(p->pack->weights, f->rows + job->first, f->type == LPU_TYPE_I8, f->adds, job->count);
}

/* The next rows that have come, for a task. */
static void post(plane_state *p)
{
    plane_feed *f = &p->feed;
    fed_rows *job = &f->jobs[f->posted / MATRIX_FED];
    job->plane = p, job->first = f->posted;
    job->count = f->given - f->posted < MATRIX_FED ? f->given - f->posted : MATRIX_FED;
    job->task.work = matrix_multiply_fed, job->task.subject = job;
    f->posted += job->count;
    job->is_posted = p->owner->lanes >= POSTED_LANES && pool_post(&job->task);
}

void matrix_post_feeds(lpu_matrix *m)
{
    for (plane_state *p = m->planes; p < m->planes + MATRIX_PLANES; p++)
        while (p->feed.posted + MATRIX_FED <= p->feed.given || (p->feed.posted < p->feed.given && !is_fed(p)))
            post(p);
}

/* Taking ----------------------------------------------------------------------------------------------------------- */
static void make_next(plane_feed *f)
{
    fed_rows *job = &f->jobs[f->made / MATRIX_FED];
    if (job->is_posted)
        pool_finish(&job->task);
    else
        matrix_multiply_fed(job);
    f->made += job->count;
}

bool matrix_take_fed(lpu_matrix *m, unsigned plane)
{
    plane_state *p = &m->planes[plane];
    plane_feed *f = &p->feed;
    if (f->taken == f->count || p->first < f->from)
        return false;
    if (f->taken == f->made)
        make_next(f);
    f->taken++;
    return true;
}
