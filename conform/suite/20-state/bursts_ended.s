; In the next cycle it is not.
; rules M-20.2 M-13.4
; needs quads = 2, streams >= 32, vxm_alus >= 16, mxm_planes >= 4
; run until=9
; expect running cycle 9
; leaves Burst 0, Exit 1

        .unchecked
        { vmov.f16 se0, 1.0  ||  vmov.f16 se2, 2.0  ||  vmov.f16 se4, 3.0  ||  vmov.f16 se6, 4.0  ||  vmov.f16 se8, 5.0  ||  vmov.f16 se10, 6.0  ||  vmov.f16 se12, 7.0  ||  vmov.f16 se14, 8.0 }
        { nop 1 }
        { vmov.f16 se16, 1.0 }
        { nop 2 }
        { lw.f16 2, se0 }
        { iw 2 }
        { abc.f16 2, se16 }             ; in 7
        { nop 9 }
        { halt }
