; An element of i4 loads 32 rows: stream s + j holds row 2j in the low and row 2j + 1 in the high nibble, signed.
; rules M-16.4 M-16.17 M-11.11
; needs superlanes >= 2, quads = 2, streams >= 32, vxm_alus >= 4, mxm_planes >= 2
; expect halt

        .tensor x: u8[4, 32] @ me4 = each(i, j, j == (i == 0 ? 1 : i == 1 ? 8 : i == 2 ? 15 : 30) ? 1 : 0)
        .timeline
        @0              vmov.i32 se0, 0x76543210
        @0              vmov.i32 se4, 0xFEDCBA98
        @0              vmov.i32 se8, 0x76543210
        @0              vmov.i32 se12, 0xFEDCBA98
        @3              read    se16, me4[x], n=4
        @5              lw.i4   2, se0
        @6              iw      2
        @7              abc.u8  2, se16, n=4
        @31             acc.emit 2, sw0, n=4
        @36             write.4 me0[0], sw0, n=4
        @40             nop     1
        .endtimeline
        ldl.4   r1, me0[0], 0
        ldl.4   r2, me0[1], 31
        ldl.4   r3, me0[2], 9
        ldl.4   r4, me0[3], 16
        assert  r1, 1
        assert  r2, -8
        assert  r3, -1
        assert  r4, -2
        halt
