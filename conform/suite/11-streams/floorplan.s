; Eastward from the VXM stand the quads of the east, the switch, the planes, a hop each; a value is at each in its cycle.
; rules M-11.1 M-11.2 M-11.3 M-11.5 M-11.7
; needs superlanes >= 2, quads = 2, streams >= 16, mxm_planes >= 2
; expect halt

        .timeline
        @0              vmov.i32 se0, 0x01020304
        @2              write.4 me0[0], se0  ; E.q0
        @3              write.4 me4[0], se0  ; E.q1
        @4              shift.up.4 E, sw0, se0, 0  ; the switch
        @5              accw    2, 9, se0  ; the planes
        @6              accr    2, 9, sw4
        @9              shift.up.4 E, sw8, sw4, 0  ; leaves in 8: back at the switch
        @10             write.4 me0[2], sw0  ; leaves the switch in 8, two hops
        @11             write.4 me0[1], sw4  ; leaves the planes in 8, three hops
        @12             nop     1
        .endtimeline
        ldl.4   r1, me0[0], 0
        ldl.4   r2, me4[0], 31
        ldl.4   r3, me0[1], 7
        ldl.4   r4, me0[2], 15
        assert  r1, 0x01020304
        assert  r2, 0x01020304
        assert  r3, 0x01020304
        assert  r4, 0x01020304
        halt
