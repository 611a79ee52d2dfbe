; A buffer holds rows of one type: an element of another empties it first.
; rules M-16.8 M-16.10
; needs superlanes >= 2, quads = 2, streams >= 32, vxm_alus >= 4, mxm_planes >= 2
; expect halt

        .timeline
        @0              vmov.i32 se0, 0x01010101, n=2
        @0              vmov.i32 se4, 0x01010101, n=2
        @0              vmov.i32 se8, 0x01010101, n=2
        @0              vmov.i32 se12, 0x01010101, n=2
        @3              vmov.u8 se16, 1
        @5              lw.i8   2, se0
        @6              lw.u8   2, se0, row0=16
        @7              iw      2
        @8              abc.u8  2, se16
        @32             acc.emit 2, sw0
        @37             write.4 me0[0], sw0
        @38             nop     1
        .endtimeline
        ldl.4   r1, me0[0], 0
        assert  r1, 16
        halt
