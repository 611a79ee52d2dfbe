; Ops of one cycle see none of it: a v register read and written, a row read and written in the next.
; rules M-12.3 M-12.4 M-14.9
; needs streams >= 16, vxm_alus >= 4
; expect halt

        .tensor x: i32[1, 32] @ me0..me3 = each(i, j, 5)
        .timeline
        @0              vmov.i32 v0, 3
        @1              vmov.i32 se0, 7
        @2              vmov.i32 v0, 4
        @2              vmov.i32 se4, v0  ; the 3
        @3              write.4 me0[x], se0  ; in memory from 4 on
        @4              write.4 me0[1], se4
        @5              read.4  sw0, me0[x]  ; the 7
        @8              vmov.i32 se8, sw0
        @10             write.4 me0[2], se8
        @11             nop     1
        .endtimeline
        ldl.4   r1, me0[1], 9
        ldl.4   r2, me0[2], 9
        assert  r1, 3
        assert  r2, 7
        halt
