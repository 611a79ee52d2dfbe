; `iw` in a cycle takes the buffer as it was at its start: what is loaded in that cycle stays in the buffer, what was
; loaded in the cycle before is in the array. An activation in the cycle of an `iw` still meets the old array.
; rules M-16.7 M-16.9 M-16.10 M-16.11 M-16.15 M-16.16 M-12.4 M-12.1
; needs superlanes >= 2, quads = 2, streams >= 32, vxm_alus >= 4, mxm_planes >= 2
; expect halt

        .timeline
        @0              vmov.i32 se0, 0x01010101
        @0              vmov.i32 se4, 0x01010101
        @0              vmov.i32 se8, 0x01010101
        @0              vmov.i32 se12, 0x01010101
        @1              vmov.i32 se0, 0x02020202
        @1              vmov.i32 se4, 0x02020202
        @1              vmov.i32 se8, 0x02020202
        @1              vmov.i32 se12, 0x02020202
        @2              vmov.u8 se16, 1, n=2
        @5              lw.i8   2, se0, n=2  ; 16 rows of 1 in 5, 16 of 2 in 6
        @6              iw      2       ; the first
        @7              abc.u8  2, se16, n=2  ; meets the first in 7, the second in 8
        @7              iw      2       ; the second alone
        @31             acc.emit 2, sw0, n=2
        @36             write.4 me0[0], sw0, n=2
        @38             nop     1
        .endtimeline
        ldl.4   r1, me0[0], 0
        ldl.4   r2, me0[1], 31
        assert  r1, 16
        assert  r2, 32
        halt
