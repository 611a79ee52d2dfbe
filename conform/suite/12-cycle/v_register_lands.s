; A v register holds a result in the cycle it lands, and what it held until then.
; rules M-12.1 M-15.2 M-15.3
; needs vxm_alus >= 4
; expect halt

        .timeline
        @0              vmov.i32 v0, 5
        @1              vadd.i32.w v0, v0, 1  ; lands in 4
        @2              vmov.i32 v1, v0  ; 5
        @3              vmov.i32 v2, v0  ; 5
        @4              vmov.i32 v3, v0  ; 6
        @6              vmov.i32 se0, v1
        @7              vmov.i32 se0, v2
        @8              vmov.i32 se0, v3
        @8              write.4 me0[0], se0, n=3
        @11             nop     1
        .endtimeline
        ldl.4   r1, me0[0], 9
        ldl.4   r2, me0[1], 9
        ldl.4   r3, me0[2], 9
        assert  r1, 5
        assert  r2, 5
        assert  r3, 6
        halt
