; Where no result lands values pass on, however many ops sample them.
; rules M-11.6 M-11.7
; needs quads = 2, streams >= 16
; expect halt

        .timeline
        @0              vmov.i32 se0, 7
        @2              write.4 me0[0], se0
        @3              write.4 me4[0], se0
        @4              shift.up.4 E, sw0, se0, 0
        @4              shift.down.4 E, sw4, se0, 0
        @9              write.4 me4[1], sw0
        @10             write.4 me0[1], sw4
        @11             nop     1
        .endtimeline
        ldl.4   r1, me0[0], 3
        ldl.4   r2, me4[0], 3
        ldl.4   r3, me4[1], 3
        ldl.4   r4, me0[1], 3
        assert  r1, 7
        assert  r2, 7
        assert  r3, 7
        assert  r4, 7
        halt
