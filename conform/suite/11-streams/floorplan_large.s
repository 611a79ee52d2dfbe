; With eleven quads a hemisphere the last quad is eleven hops away, the switch twelve, the planes thirteen.
; rules M-11.1 M-11.2 M-11.3 M-11.5
; needs superlanes = 20, quads = 11, rows = 4096, banks = 2
; expect halt

        .timeline
        @0              vmov.i32 se0, 0x01020304
        @0              vmov.i32 sw0, 0x05060708
        @2              write.4 me0[0], se0
        @2              write.4 mw0[0], sw0
        @12             write.4 me40[0], se0
        @12             write.4 mw40[0], sw0
        @13             shift.up.4 E, sw4, se0, 0
        @13             shift.up.4 W, se4, sw0, 0
        @14             accw    2, 1023, se0
        @14             accw    0, 1023, sw0
        @18             write.4 me40[1], sw4
        @18             write.4 mw40[1], se4
        @19             nop     1
        .endtimeline
        ldl.4   r1, me0[0], 0
        ldl.4   r2, mw0[0], 319
        ldl.4   r3, me40[0], 319
        ldl.4   r4, mw40[0], 0
        ldl.4   r5, me40[1], 5
        ldl.4   r6, mw40[1], 5
        assert  r1, 0x01020304
        assert  r2, 0x05060708
        assert  r3, 0x01020304
        assert  r4, 0x05060708
        assert  r5, 0x01020304
        assert  r6, 0x05060708
        halt
