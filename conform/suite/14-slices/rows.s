; Rows step by stride from element to element, by stride2 from round to round; byte k is in slice s + k.
; rules M-14.1 M-13.1
; needs superlanes >= 2, banks >= 2, rows = 64
; expect halt

        .tensor x: u16[40, 32] @ me0..me1 = each(i, j, 1000 * i + j)
        .timeline
        @0              mov     r1, 3
        @1              read.2  sw0, me0[x + 20 + r1], n=3, stride=-2, m=2, e=3, stride2=9  ; 23 21 19 32 30 28
        @4              vmov.u16 se0, sw0, n=6
        @6              write.2 me0[64], se0, n=6
        @13             nop     1
        .endtimeline
        ldl.2   r1, me0[64], 5
        ldl.2   r2, me0[65], 5
        ldl.2   r3, me0[66], 31
        ldl.2   r4, me0[67], 0
        ldl.2   r5, me0[68], 0
        ldl.2   r6, me0[69], 0
        assert  r1, 23005
        assert  r2, 21005
        assert  r3, 19031
        assert  r4, 32000
        assert  r5, 30000
        assert  r6, 28000
        halt
