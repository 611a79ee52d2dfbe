; On a strict machine that is a fault, in the cycle in which it stands at the exit.
; rules M-16.33 M-18.5 M-19.27
; needs quads = 2, streams >= 32, vxm_alus >= 4, mxm_planes >= 2
; run strict
; expect E-STREAM-LOST cycle 31 pc maker slot 0 resource 2 stream -1 position 8 element 0

        .unchecked
        { vmov.i32 se0, 0x01010101  ||  vmov.i32 se4, 0x01010101  ||  vmov.i32 se8, 0x01010101  ||  vmov.i32 se12, 0x01010101 }
        { nop 1 }
        { vmov.u8 se16, 1 }
        { nop 2 }
        { lw.i8 2, se0 }
        { iw 2 }
maker:  { abc.u8 2, se16 }
        { nop 32 }
        { halt }
