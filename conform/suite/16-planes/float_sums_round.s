; A result of f16 is added as f32, rounded once: the result at the exit says which.
; rules M-16.26 M-16.29
; needs quads = 2, streams >= 32, vxm_alus >= 16, mxm_planes >= 4
; expect halt

        .timeline
        @0              vmov.f16 se0, 1.0
        @0              vmov.f16 se2, 0.0
        @0              vmov.f16 se4, 0.0
        @0              vmov.f16 se6, 0.0
        @0              vmov.f16 se8, 0.0
        @0              vmov.f16 se10, 0.0
        @0              vmov.f16 se12, 0.0
        @0              vmov.f16 se14, 0.0
        @2              vmov.f16 se16, 1.0
        @3              vmov.f32 se20, 16777216.0
        @5              lw.f16  2, se0
        @6              iw      2
        @7              abc.f16 2, se16
        @8              accw    2, 3, se20
        @31             acc.add 2, 3, sw0
        @36             write.4 me0[0], sw0
        @37             nop     1
        .endtimeline
        ldl.4   r1, me0[0], 0
        mov     r2, 16777216.0          ; 2^24 + 1, a tie to even
        assert  r1, r2
        halt
