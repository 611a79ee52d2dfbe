; `select`: lanes below k from the first source, the others from the second.
; rules M-17.4
; needs superlanes >= 2, quads = 2, vxm_alus >= 4
; expect halt

        .timeline
        @0              vmov.u8 se0, 5
        @0              vmov.u8 se1, 6
        @4              select  E, sw0, se0, se1, 7
        @9              write   me4[0], sw0
        @10             nop     1
        .endtimeline
        ldl     r1, me4[0], 0
        ldl     r2, me4[0], 6
        ldl     r3, me4[0], 7
        ldl     r4, me4[0], 31
        assert  r1, 5
        assert  r2, 5
        assert  r3, 6
        assert  r4, 6
        halt
