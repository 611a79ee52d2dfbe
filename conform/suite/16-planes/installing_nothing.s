; `iw` of an empty buffer leaves the plane without an array, whatever it had.
; rules M-16.11 M-16.13 M-16.17 M-19.15
; needs quads = 2, streams >= 32, vxm_alus >= 4, mxm_planes >= 2
; expect E-TYPE cycle 8 pc bad slot 0 resource 2 value -1 value2 1 element 0

        .unchecked
        { vmov.i32 se0, 0x01010101  ||  vmov.i32 se4, 0x01010101  ||  vmov.i32 se8, 0x01010101  ||  vmov.i32 se12, 0x01010101 }
        { nop 2 }
        { vmov.u8 se16, 1 }
        { nop 1 }
        { lw.i8 2, se0 }
        { iw 2 }
        { iw 2 }
bad:    { abc.i8 2, se16 }
        { halt }
