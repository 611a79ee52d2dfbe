/* A queue of tasks under one lock. See pool.h. */
#if defined(__unix__) || defined(__APPLE__)
#undef _GNU_SOURCE
#define _GNU_SOURCE /* for the processors that a process may use */
#endif
#include "pool.h"

#if defined(__unix__) || defined(__APPLE__)
#include <fenv.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

enum { MOST_THREADS = 5, LOOKS = 500 /* before going to sleep: some hundred microseconds of giving way */ };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t posted = PTHREAD_COND_INITIALIZER, done = PTHREAD_COND_INITIALIZER;
static pthread_once_t registered = PTHREAD_ONCE_INIT;
static pool_task *first, *last;        /* those that wait */
static _Atomic unsigned waiting_count; /* how many there are */
static unsigned sleepers, waiters;     /* threads of the pool, and others, at the two conditions */
static _Atomic int threads = -1;       /* of the pool; negative before it is started */

/* Working: with the lock held, but for the work itself ------------------------------------------------------------ */
static pool_task *take_first(void)
{
    pool_task *task = first;
    if (!task)
        return NULL;
    first = task->next;
    last = first ? last : NULL;
    atomic_fetch_sub_explicit(&waiting_count, 1, memory_order_relaxed);
    atomic_store_explicit(&task->state, POOL_RUNS, memory_order_relaxed);
    return task;
}

static void work_on(pool_task *task)
{
    pthread_mutex_unlock(&lock);
    task->work(task->subject);
    pthread_mutex_lock(&lock);
    atomic_store_explicit(&task->state, POOL_IDLE, memory_order_release);
    if (waiters)
        pthread_cond_broadcast(&done);
}

/* Without the lock: looks for work for a moment, in vain or not. */
static void look_for_work(void)
{
    for (int i = 0; i < LOOKS && !atomic_load_explicit(&waiting_count, memory_order_relaxed); i++)
        sched_yield();
}

static void wait_for_work(void)
{
    pthread_mutex_unlock(&lock);
    look_for_work();
    pthread_mutex_lock(&lock);
    while (!first) {
        sleepers++;
        pthread_cond_wait(&posted, &lock);
        sleepers--;
    }
}

static void *serve(void *unused)
{
    fesetenv(FE_DFL_ENV);
    pthread_mutex_lock(&lock);
    for (;;) {
        for (pool_task *task; (task = take_first());)
            work_on(task);
        wait_for_work();
    }
    return unused;
}

/* Starting -------------------------------------------------------------------------------------------------------- */
static long processors(void)
{
#ifdef CPU_COUNT
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0)
        return CPU_COUNT(&set);
#endif
    return sysconf(_SC_NPROCESSORS_ONLN);
}

static long wanted_threads(void)
{
    const char *said = getenv("LPU_THREADS");
    long count = said ? strtol(said, NULL, 10) : processors();
    return count > MOST_THREADS ? MOST_THREADS : count;
}

/* In a child of fork() only the thread that forked goes on, and nothing is known of the lock. No machine runs then. */
static void begin_anew(void)
{
    pthread_mutex_init(&lock, NULL);
    pthread_cond_init(&posted, NULL);
    pthread_cond_init(&done, NULL);
    first = last = NULL;
    sleepers = waiters = 0;
    atomic_store(&waiting_count, 0);
    atomic_store(&threads, -1);
}

static void prepare_for_fork(void) { pthread_atfork(NULL, NULL, begin_anew); }

/* One that gets no signal: those are for the host's threads. */
static bool start_thread(void)
{
    pthread_t thread;
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool is_started = pthread_create(&thread, NULL, serve, NULL) == 0 && pthread_detach(thread) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return is_started;
}

static void start(void)
{
    int count = 0;
    long wanted = wanted_threads();
    pthread_once(&registered, prepare_for_fork);
    while (count + 1 < wanted && start_thread())
        count++;
    atomic_store(&threads, count);
}

static bool has_threads(void)
{
    if (atomic_load_explicit(&threads, memory_order_relaxed) < 0) {
        pthread_mutex_lock(&lock);
        if (atomic_load(&threads) < 0)
            start();
        pthread_mutex_unlock(&lock);
    }
    return atomic_load_explicit(&threads, memory_order_relaxed) > 0;
}

/* Posting and finishing ------------------------------------------------------------------------------------------- */
static void append(pool_task *task)
{
    task->next = NULL;
    *(first ? &last->next : &first) = task;
    last = task;
    atomic_fetch_add_explicit(&waiting_count, 1, memory_order_relaxed);
}

bool pool_post(pool_task *task)
{
    if (!has_threads())
        return false;
    atomic_store_explicit(&task->state, POOL_WAITS, memory_order_relaxed);
    pthread_mutex_lock(&lock);
    append(task);
    bool wakes = sleepers > 0;
    pthread_mutex_unlock(&lock);
    if (wakes)
        pthread_cond_signal(&posted);
    return true;
}

/* With the lock, when nothing waits: a task is done, or others have been posted. */
static void wait_for(const pool_task *task)
{
    pthread_mutex_unlock(&lock);
    for (int i = 0; i < LOOKS && !pool_is_done(task); i++)
        sched_yield();
    pthread_mutex_lock(&lock);
    if (pool_is_done(task) || first)
        return;
    waiters++;
    pthread_cond_wait(&done, &lock);
    waiters--;
}

void pool_finish(pool_task *task)
{
    if (pool_is_done(task))
        return;
    pthread_mutex_lock(&lock);
    while (!pool_is_done(task)) {
        pool_task *other = take_first();
        if (other)
            work_on(other);
        else
            wait_for(task);
    }
    pthread_mutex_unlock(&lock);
}
#else
bool pool_post(pool_task *task) { return (void)task, false; }
void pool_finish(pool_task *task) { (void)task; }
#endif
