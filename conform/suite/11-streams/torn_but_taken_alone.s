; Nothing is torn for those who take the bytes one by one.
; rules M-11.10 M-11.12
; needs quads >= 2
; expect halt

        .tensor x: u8[1, 32] @ me0 = each(i, j, 9)
        .timeline
        @0              vmov.i32 se0, 0x01010101
        @0              read    se2, me0[x]
        @3              write   me4[0], se0
        @3              write   me5[0], se1
        @3              write   me6[0], se2
        @3              write   me7[0], se3
        @4              nop     1
        .endtimeline
        ldl.4   r1, me4[0], 3
        assert  r1, 0x01090101
        halt
