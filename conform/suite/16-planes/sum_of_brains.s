; Of bf16 too: products and sums beyond f32 on the way do no harm.
; rules M-16.20 M-16.5
; needs superlanes >= 2, quads = 2, streams >= 32, vxm_alus >= 16, mxm_planes >= 4
; expect halt

        .tensor x: bf16[1, 32] @ me4..me5 = each(i, j, j == 0 ? 4.0 : j == 1 ? 4.0 : j == 2 ? 3.0 : 0.0)
        .timeline
        @0              vmov.bf16 se0, 3e38
        @0              vmov.bf16 se2, -3e38
        @0              vmov.bf16 se4, 1.0
        @0              vmov.bf16 se6, 0.0
        @0              vmov.bf16 se8, 0.0
        @0              vmov.bf16 se10, 0.0
        @0              vmov.bf16 se12, 0.0
        @0              vmov.bf16 se14, 0.0
        @3              read.2  se16, me4[x]
        @5              lw.bf16 2, se0
        @6              iw      2
        @7              abc.bf16 2, se16
        @31             acc.emit 2, sw0
        @36             write.4 me0[0], sw0
        @37             nop     1
        .endtimeline
        ldl.4   r1, me0[0], 31
        mov     r2, 3.0
        assert  r1, r2
        halt
