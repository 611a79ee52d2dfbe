; Results set rows and are added to them, the same rows in every round; with streams the new contents are emitted.
; rules M-16.25 M-16.26 M-16.27 M-16.29 M-16.32
; needs superlanes >= 2, quads = 2, streams >= 32, vxm_alus >= 4, mxm_planes >= 2
; expect halt

        .tensor x: u8[6, 32] @ me4 = each(i, j, i + 1)
        .timeline
        @0              vmov.i32 se0, 0x01010101
        @0              vmov.i32 se4, 0x01010101
        @0              vmov.i32 se8, 0x01010101
        @0              vmov.i32 se12, 0x01010101
        @3              read    se16, me4[x], n=6
        @5              lw.i8   2, se0
        @6              iw      2
        @7              abc.u8  2, se16, n=6  ; 16, 32, 48, 64, 80, 96 in 31 to 36
        @31             acc.set 2, 5, n=2  ; 16, 32
        @33             acc.add 2, 5, n=2, m=1  ; 64, 96
        @35             acc.add 2, 5, sw0, n=2  ; 144, 192, leaving in 37 and 38
        @37             accr    2, 5, sw4, n=2  ; leaving in 39 and 40
        @40             write.4 me0[0], sw0, n=2
        @42             write.4 me0[2], sw4, n=2
        @44             nop     1
        .endtimeline
        ldl.4   r1, me0[0], 0
        ldl.4   r2, me0[1], 31
        ldl.4   r3, me0[2], 0
        ldl.4   r4, me0[3], 31
        assert  r1, 144
        assert  r2, 192
        assert  r3, 144
        assert  r4, 192
        halt
