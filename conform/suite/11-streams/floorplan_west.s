; The west is the mirror image.
; rules M-11.1 M-11.2 M-11.3 M-11.5 M-16.1 M-17.1
; needs superlanes >= 2, quads = 2, streams >= 16, mxm_planes >= 2
; expect halt

        .timeline
        @0              vmov.i32 sw0, 0x01020304
        @2              write.4 mw0[0], sw0  ; W.q0
        @3              write.4 mw4[0], sw0  ; W.q1
        @4              shift.up.4 W, se0, sw0, 0  ; the switch
        @5              accw    0, 9, sw0  ; the planes
        @6              accr    0, 9, se4
        @10             write.4 mw0[2], se0  ; leaves the switch in 8, two hops
        @11             write.4 mw0[1], se4  ; leaves the planes in 8, three hops
        @12             nop     1
        .endtimeline
        ldl.4   r1, mw0[0], 0
        ldl.4   r2, mw4[0], 31
        ldl.4   r3, mw0[1], 7
        ldl.4   r4, mw0[2], 15
        assert  r1, 0x01020304
        assert  r2, 0x01020304
        assert  r3, 0x01020304
        assert  r4, 0x01020304
        halt
