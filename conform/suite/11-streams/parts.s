; A group may be the first bytes of a wider result, or bytes of results of width 1.
; rules M-11.9 M-11.10
; needs streams >= 16, vxm_alus >= 4
; expect halt

        .timeline
        @0              vmov.i32 se0, 0x44332211
        @0              vmov.u8 se4, 0x55
        @0              vmov.u8 se5, 0x66
        @2              write.2 me0[0], se0
        @2              write.2 me2[0], se4
        @3              nop     1
        .endtimeline
        ldl.2   r1, me0[0], 3
        ldl.2   r2, me2[0], 3
        assert  r1, 0x2211
        assert  r2, 0x6655
        halt
