/* Bugs planted on purpose, which the conformance kit must find (conform/bugs.py lists them by number). A build for tests
 * has all of them, and one at a time, or none, is switched on; in every other build a bug is the constant 0. */
#ifndef LPU_BUG_H
#define LPU_BUG_H

#ifdef LPU_BUGS
extern int lpu_bug; /* the number of the bug, 0 for none */
#define LPU_BUG(number) (lpu_bug == (number))
#else
#define LPU_BUG(number) 0
#endif

#endif
