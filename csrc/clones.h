/* LPU_CLONES: a function compiled for several generations of x86-64, the best one picked when the library loads.
 * It needs the indirect functions of gcc and glibc; elsewhere, and where a tool instruments the code, it is nothing. */
#ifndef LPU_CLONES_H
#define LPU_CLONES_H
#include <stdint.h> /* with glibc, defines __GLIBC__ */

#if defined(__x86_64__) && defined(__linux__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__) \
    && __GNUC__ >= 12 && !defined(__SANITIZE_ADDRESS__) && !defined(LPU_PORTABLE) && !defined(LPU_NO_CLONES)
#define LPU_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define LPU_CLONES
#endif

#endif
