; After these two cycles both planes are free again.
; rules M-13.4 M-13.6 M-16.23
; needs quads = 2, streams >= 32, vxm_alus >= 16, mxm_planes >= 4
; run until=14
; expect running cycle 14
; leaves Exit 2

        .unchecked
        { vmov.f16 se0, 1.0  ||  vmov.f16 se2, 2.0  ||  vmov.f16 se4, 3.0  ||  vmov.f16 se6, 4.0  ||  vmov.f16 se8, 5.0  ||  vmov.f16 se10, 6.0  ||  vmov.f16 se12, 7.0  ||  vmov.f16 se14, 8.0 }
        { nop 3 }
        { vmov.f16 se16, 1.0, n=3 }
        { lw.f16 2, se0 }
        { iw 2 }
        { nop 2 }
        { abc.f16 2, se16 }
        { nop 1 }
        { abc.f16 2, se16 }
        { halt }
