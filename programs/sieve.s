; The sieve of Eratosthenes.
;
; Computes   prime[i] = 1 when i is prime, else 0, for 0 <= i < n (n at least 2), and their number.
; Teaches    memory that was never written may not be read, so the table is filled first; a `loop` whose
;            count is made at run time, and that is not entered at all when the count is zero.
; Bound      marking, one store a cycle, for large n; before that, the division of each prime, 18 cycles.
;
; cycles 335                                ; 53 to fill, 36 a prime up to 7 and 43 marks, 16 for 4 and 6, 7 to end, 56 to count
; expect count = [15]
; expect prime = [0, 0, 1, 1, 0, 1, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 0]

        .param n = 50
        .array prime: i32[n]
        .array count: i32[1]
        .output prime
        .output count

        mov     r1, 1
        mov     r2, 0
        mov     r3, 0
        loop    n, filled
        st      [prime + r3], r1
        add     r3, r3, 1
filled: st      [prime + 0], r2         ; 0 and 1 are no primes
        st      [prime + 1], r2

        mov     r9, n
        mov     r4, 2                   ; p
next:   mul     r5, r4, r4              ; the first multiple that no smaller prime has marked
        cmp     r5, r9
        jge     counting
        ld      r6, [prime + r4]
        cmp     r6, 0
        jeq     skip
        sub     r7, r9, r5              ; how many multiples lie below n: ceil((n - p*p) / p)
        add     r7, r7, r4
        sub     r7, r7, 1
        div     r7, r7, r4
        loop    r7, skip
        st      [prime + r5], r2
        add     r5, r5, r4
skip:   add     r4, r4, 1
        jmp     next

counting:
        mov     r3, 0
        mov     r8, 0
        loop    n, done
        ld      r6, [prime + r3]
        add     r8, r8, r6
        add     r3, r3, 1
done:   st      [count], r8
