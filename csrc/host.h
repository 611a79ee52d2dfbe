/* The host thread's floating-point environment. Results of floats depend on the rounding mode and the flushing of
 * subnormals, so a run has the default ones, and leaves those of the host as they were. */
#ifndef LPU_HOST_H
#define LPU_HOST_H
#include <fenv.h>
#include <stdbool.h>

/* Setting it all takes as long as some ten ops, and threads hardly ever have another than the default one. */
#if defined(__GNUC__) && defined(__x86_64__) && !defined(LPU_PORTABLE)
enum { MXCSR_DEFAULT = 0x1F80, MXCSR_FLAGS = 0x3F };
static inline bool is_default_host(void) { return (__builtin_ia32_stmxcsr() & ~(unsigned)MXCSR_FLAGS) == MXCSR_DEFAULT; }
#else
static inline bool is_default_host(void) { return false; }
#endif

typedef struct {
    bool is_left; /* as it was: it is the default one */
    fenv_t kept;
} lpu_host;

static inline void leave_host(lpu_host *host)
{
    host->is_left = is_default_host();
    if (host->is_left)
        return;
    fegetenv(&host->kept);
    fesetenv(FE_DFL_ENV);
}

static inline void return_to_host(const lpu_host *host)
{
    if (!host->is_left)
        fesetenv(&host->kept);
}

#endif
