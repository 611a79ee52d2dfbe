; Byte k of an element is on the k-th stream of its group; each may be sampled alone.
; rules M-11.4 M-11.10
; needs streams >= 16
; expect halt

        .timeline
        @0              vmov.i32 se4, 0x44332211
        @2              write   me0[0], se7
        @2              write   me1[0], se6
        @2              write   me2[0], se5
        @2              write   me3[0], se4
        @3              nop     1
        .endtimeline
        ldl.4   r1, me0[0], 3
        assert  r1, 0x11223344
        halt
