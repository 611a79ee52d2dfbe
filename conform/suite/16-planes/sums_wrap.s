; Sums of i32 wrap; a row may be set from a group of four.
; rules M-16.26 M-16.29 M-16.19
; needs quads = 2, streams >= 32, vxm_alus >= 4, mxm_planes >= 2
; expect halt

        .timeline
        @0              vmov.i32 se0, 0x01010101
        @0              vmov.i32 se4, 0x01010101
        @0              vmov.i32 se8, 0x01010101
        @0              vmov.i32 se12, 0x01010101
        @2              vmov.u8 se16, 1
        @3              vmov.i32 se20, 0x7FFFFFFF
        @5              lw.i8   2, se0
        @6              iw      2
        @7              abc.u8  2, se16
        @8              accw    2, 1023, se20
        @31             acc.add 2, 1023, sw0
        @36             write.4 me0[0], sw0
        @37             nop     1
        .endtimeline
        ldl.4   r1, me0[0], 0
        assert  r1, 0x7FFFFFFF + 16
        halt
