/* Threads that post more tasks than the pool has threads, finish them in any order, and read what they wrote; at the end a
 * child of fork() does the same. Exits with the number of wrong sums. */
#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "pool.h"

enum { HOSTS = 3, ROUNDS = 200, TASKS = 5, NUMBERS = 1000 };

typedef struct {
    pool_task task;
    int from, sum;
} job;

static void add_up(void *subject)
{
    job *j = subject;
    j->sum = 0;
    for (int i = 0; i < NUMBERS; i++)
        j->sum += j->from + i;
}

static int wrong_sums(job *jobs)
{
    int wrong = 0;
    for (int i = TASKS; i-- > 0;) {
        pool_finish(&jobs[i].task);
        wrong += jobs[i].sum != NUMBERS * jobs[i].from + NUMBERS * (NUMBERS - 1) / 2;
    }
    return wrong;
}

static void *host(void *unused)
{
    job jobs[TASKS] = {0};
    long wrong = 0;
    (void)unused;
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < TASKS; i++) {
            jobs[i].task.work = add_up;
            jobs[i].task.subject = &jobs[i];
            jobs[i].from = round * i;
            if (!pool_post(&jobs[i].task))
                add_up(&jobs[i]);
        }
        wrong += wrong_sums(jobs);
        if (round % 50 == 0)
            usleep(2000); /* so that threads without work go to sleep */
    }
    return (void *)wrong;
}

static int all_hosts(void)
{
    pthread_t threads[HOSTS];
    long wrong = 0;
    void *result;
    for (int i = 0; i < HOSTS; i++)
        if (pthread_create(&threads[i], NULL, host, NULL))
            abort();
    for (int i = 0; i < HOSTS; i++) {
        pthread_join(threads[i], &result);
        wrong += (long)result;
    }
    return (int)wrong;
}

int main(int argc, char **argv)
{
    int wrong = all_hosts(), status = 0;
    (void)argv;
    if (argc > 1) /* not under a tool that does not know forks of many threads */
        return wrong;
    pid_t child = fork();
    if (child == 0)
        _exit((int)(long)host(NULL));
    waitpid(child, &status, 0);
    return wrong + status;
}
