; Rows at or past the number of lanes are dropped.
; rules M-16.6 M-16.3
; needs superlanes >= 2, quads = 2, streams >= 32, vxm_alus >= 4, mxm_planes >= 2
; expect halt

        .tensor x: u8[2, 32] @ me4 = each(i, j, i == 0 ? 1 : j == 31 ? 1 : 0)
        .timeline
        @0              vmov.i32 se0, 0x04030201
        @0              vmov.i32 se4, 0x08070605
        @0              vmov.i32 se8, 0x0C0B0A09
        @0              vmov.i32 se12, 0x100F0E0D
        @3              read    se16, me4[x], n=2
        @5              lw.i8   2, se0, row0=24
        @6              iw      2
        @7              abc.u8  2, se16, n=2
        @31             acc.emit 2, sw0, n=2
        @36             write.4 me0[0], sw0, n=2
        @38             nop     1
        .endtimeline
        ldl.4   r1, me0[0], 0
        ldl.4   r2, me0[1], 31
        assert  r1, 36                  ; rows 24 to 31 are 1 to 8
        assert  r2, 8
        halt
