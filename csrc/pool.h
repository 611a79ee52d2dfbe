/* Threads that take work from whoever runs a machine: one pool for all machines of a process, started when first needed.
 *
 * It has a thread less than the processors that the process may use, or than LPU_THREADS of the environment says; at 1,
 * and where there are no POSIX threads, everybody does his own work. A thread without work looks for some for a moment,
 * giving way to others, and then sleeps. A child of fork() begins with a pool of its own.
 */
#ifndef LPU_POOL_H
#define LPU_POOL_H
#include <stdatomic.h>
#include <stdbool.h>

typedef enum { POOL_IDLE, POOL_WAITS, POOL_RUNS } pool_state;

/* Zeroed, it has no work. What is posted stays where it is, and unchanged, until it is finished. */
typedef struct pool_task {
    void (*work)(void *subject);
    void *subject;
    struct pool_task *next;
    _Atomic pool_state state;
} pool_task;

/* Have a task's work done by some thread, soon; false, and nothing done, when there is none. */
bool pool_post(pool_task *task);
/* Whether a task has no work left; all that its work wrote can then be read. */
static inline bool pool_is_done(const pool_task *task)
{
    return atomic_load_explicit(&task->state, memory_order_acquire) == POOL_IDLE;
}
/* Return when a task is done, and help until then. */
void pool_finish(pool_task *task);

#endif
