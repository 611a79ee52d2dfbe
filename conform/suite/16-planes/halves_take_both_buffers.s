; A 16-bit element empties the buffers of both planes; `iw` of the odd plane is then E-TYPE.
; rules M-16.8 M-16.12 M-19.15
; needs quads = 2, streams >= 16, vxm_alus >= 16, mxm_planes >= 4
; expect E-TYPE cycle 7 pc bad slot 0 resource 3 value 7 value2 -1 element 0

        .unchecked
        { vmov.i32 se0, 1  ||  vmov.i32 se4, 1  ||  vmov.i32 se8, 1  ||  vmov.i32 se12, 1 }
        { vmov.f16 se0, 1.0  ||  vmov.f16 se2, 2.0  ||  vmov.f16 se4, 3.0  ||  vmov.f16 se6, 4.0  ||  vmov.f16 se8, 5.0  ||  vmov.f16 se10, 6.0  ||  vmov.f16 se12, 7.0  ||  vmov.f16 se14, 8.0 }
        { nop 3 }
        { lw.i8 3, se0 }
        { lw.f16 2, se0 }
bad:    { iw 3 }
        { halt }
