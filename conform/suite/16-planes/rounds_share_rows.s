; In every round of a burst the same rows are meant.
; rules M-16.25 M-13.1
; needs superlanes >= 2, quads = 2, streams >= 32, vxm_alus >= 4, mxm_planes >= 2
; expect halt
; leaves Accumulator 2

        .tensor x: u8[4, 32] @ me4 = each(i, j, i + 1)
        .timeline
        @0              vmov.i32 se0, 0x01010101
        @0              vmov.i32 se4, 0x01010101
        @0              vmov.i32 se8, 0x01010101
        @0              vmov.i32 se12, 0x01010101
        @3              read    se16, me4[x], n=4
        @5              lw.i8   2, se0
        @6              iw      2
        @7              abc.u8  2, se16, n=4  ; 16, 32, 48, 64 in 31 to 34
        @31             acc.set 2, 0, sw0, n=2, m=2, e=2
        @36             write.4 me0[0], sw0, n=4
        @40             accr    2, 0, sw0, n=2
        @45             write.4 me0[4], sw0, n=2
        @47             nop     1
        .endtimeline
        ldl.4   r1, me0[2], 0
        ldl.4   r2, me0[4], 31
        ldl.4   r3, me0[5], 0
        assert  r1, 48
        assert  r2, 48
        assert  r3, 64
        halt
