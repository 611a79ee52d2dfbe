; Installing anything else over half of a 16-bit array leaves the other plane without one.
; rules M-16.14 M-16.12 M-16.17 M-19.15
; needs quads = 2, streams >= 32, vxm_alus >= 16, mxm_planes >= 4
; expect E-TYPE cycle 8 pc bad slot 0 resource 2 value -1 value2 7 element 0

        .unchecked
        { vmov.f16 se0, 1.0  ||  vmov.f16 se2, 2.0  ||  vmov.f16 se4, 3.0  ||  vmov.f16 se6, 4.0  ||  vmov.f16 se8, 5.0  ||  vmov.f16 se10, 6.0  ||  vmov.f16 se12, 7.0  ||  vmov.f16 se14, 8.0 }
        { vmov.i32 se0, 0x01010101  ||  vmov.i32 se4, 0x01010101  ||  vmov.i32 se8, 0x01010101  ||  vmov.i32 se12, 0x01010101 }
        { nop 1 }
        { vmov.f16 se16, 1.0 }
        { nop 1 }
        { lw.f16 2, se0 }
        { iw 2  ||  lw.i8 3, se0 }
        { iw 3 }
bad:    { abc.f16 2, se16 }
        { halt }
