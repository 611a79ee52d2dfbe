; Infinity times zero is NaN, and so is the sum: the canonical one.
; rules M-16.21 M-15.24
; needs superlanes >= 2, quads = 2, streams >= 32, vxm_alus >= 16, mxm_planes >= 4
; expect halt

        .tensor x: f16[1, 32] @ me4..me5 = each(i, j, j == 0 ? 1.0 : 0.0)
        .timeline
        @0              vmov.f16 se0, 1.0
        @0              vmov.f16 se2, 65504.0
        @0              vmov.f16 se4, f16bits(0x7C00)
        @0              vmov.f16 se6, 0.0
        @0              vmov.f16 se8, 0.0
        @0              vmov.f16 se10, 0.0
        @0              vmov.f16 se12, 0.0
        @0              vmov.f16 se14, 0.0
        @3              read.2  se16, me4[x]
        @5              lw.f16  2, se0
        @6              iw      2
        @7              abc.f16 2, se16
        @31             acc.emit 2, sw0
        @36             write.4 me0[0], sw0
        @37             nop     1
        .endtimeline
        ldl.4   r1, me0[0], 31
        mov     r2, 0x7FC00000
        assert  r1, r2
        halt
