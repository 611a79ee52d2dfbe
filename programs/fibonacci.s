; Fibonacci numbers, one a cycle.
;
; Computes   f[0] = 0, f[1] = 1, f[i] = f[i-1] + f[i-2], modulo 2^32.
; Teaches    an explicit bundle. All ops of a bundle read the registers as they stood at the start of the
;            cycle, so `mov r0, r1 || add r1, r0, r1` needs no third register: nobody sees the other's result.
;            `loop` costs one cycle to enter and nothing to go round.
; Bound      the chain r1 -> r1: one addition of latency 1, so one number a cycle.
;
; cycles 26                                 ; 1 to set r1, 1 to enter the loop, 24 rounds of one bundle
; expect f = [0, 1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 610, 987, 1597, 2584, 4181, 6765, 10946, 17711, 28657]

        .param n = 24
        .array f: u32[n]
        .output f

        { mov r1, 1 }
        { loop n, done }
        { st [f + r2], r0  ||  mov r0, r1  ||  add r1, r0, r1  ||  add r2, r2, 1 }
done:
