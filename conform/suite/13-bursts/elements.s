; Element (j, i) of a burst issues in t + j*e + i*d: rows written tell when.
; rules M-13.1 M-13.2 M-14.1
; expect halt

        .timeline
        .set t = 0
        .rept 20
        @t              mov     r1, t
        @t + 1          vmov.i32 se0, r1  ; the cycle before, at E.q0 in t + 3
        .set t = t + 1
        .endr
        @4              write.4 me0[0], se0, n=3, d=2, m=2, e=7, stride=2, stride2=10
        @20             nop     1
        .endtimeline
        ldl.4   r1, me0[0], 9           ; in cycle 4
        ldl.4   r2, me0[2], 9           ; 6
        ldl.4   r3, me0[4], 9           ; 8
        ldl.4   r4, me0[10], 9          ; 11
        ldl.4   r5, me0[12], 9          ; 13
        ldl.4   r6, me0[14], 9          ; 15
        assert  r1, 1
        assert  r2, 3
        assert  r3, 5
        assert  r4, 8
        assert  r5, 10
        assert  r6, 12
        halt
