; Lane n of a weight stream is column n; weights and activations are signed or not, each as its op says.
; rules M-16.1 M-16.3 M-16.10 M-16.19
; needs superlanes >= 2, quads = 2, streams >= 32, vxm_alus >= 4, mxm_planes >= 4
; expect halt

        .tensor w: u8[1, 32] @ me4 = each(i, j, 240 + j % 16)
        .tensor x: u8[1, 32] @ me5 = each(i, j, j == 5 ? 255 : j == 6 ? 3 : 0)
        .timeline
        @0              vmov.i32 se0, 0
        @0              vmov.i32 se4, 0
        @0              vmov.i32 se8, 0
        @0              vmov.i32 se12, 0
        @1              read    se5, me4[w]  ; row 5, over what is 0
        @5              lw.i8   2, se0
        @5              lw.u8   3, se0
        @6              iw      2
        @6              iw      3
        @3              read    se16, me5[x], n=1
        @7              abc.i8  2, se16
        @7              abc.u8  3, se16
        @31             acc.emit 2, sw0
        @31             acc.emit 3, sw4
        @36             write.4 me0[0], sw0
        @35             write.4 me4[9], sw4
        @37             nop     1
        .endtimeline
        ldl.4   r1, me0[0], 0
        ldl.4   r2, me0[0], 31
        ldl.4   r3, me4[9], 0
        ldl.4   r4, me4[9], 31
        assert  r1, 16                  ; -1 * -16
        assert  r2, 1                   ; -1 * -1
        assert  r3, 61200               ; 255 * 240
        assert  r4, 65025               ; 255 * 255
        halt
