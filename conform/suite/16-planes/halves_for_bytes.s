; Nor 16-bit activations with an array of bytes.
; rules M-16.17 M-19.15
; needs quads = 2, streams >= 32, vxm_alus >= 4, mxm_planes >= 4
; expect E-TYPE cycle 7 pc bad slot 0 resource 2 value 1 value2 7 element 0

        .unchecked
        { vmov.i32 se0, 0x01010101  ||  vmov.i32 se4, 0x01010101  ||  vmov.i32 se8, 0x01010101  ||  vmov.i32 se12, 0x01010101 }
        { nop 1 }
        { vmov.f16 se16, 1.0 }
        { nop 2 }
        { lw.i8 2, se0 }
        { iw 2 }
bad:    { abc.f16 2, se16 }
        { halt }
