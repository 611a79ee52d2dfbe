; Activations of bytes do not go with an array of f16.
; rules M-16.17 M-19.15
; needs quads = 2, streams >= 32, vxm_alus >= 16, mxm_planes >= 4
; expect E-TYPE cycle 7 pc bad slot 0 resource 2 value 7 value2 2 element 0

        .unchecked
        { vmov.f16 se0, 1.0  ||  vmov.f16 se2, 2.0  ||  vmov.f16 se4, 3.0  ||  vmov.f16 se6, 4.0  ||  vmov.f16 se8, 5.0  ||  vmov.f16 se10, 6.0  ||  vmov.f16 se12, 7.0  ||  vmov.f16 se14, 8.0 }
        { nop 1 }
        { vmov.u8 se16, 1 }
        { nop 2 }
        { lw.f16 2, se0 }
        { iw 2 }
bad:    { abc.u8 2, se16 }
        { halt }
