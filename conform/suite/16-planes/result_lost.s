; A result that nobody takes is lost, and nothing else happens.
; rules M-16.33 M-18.3
; needs quads = 2, streams >= 32, vxm_alus >= 4, mxm_planes >= 2
; expect halt cycle 41
; leaves losses 1, Lost 1, Accumulator 0

        .unchecked
        { vmov.i32 se0, 0x01010101  ||  vmov.i32 se4, 0x01010101  ||  vmov.i32 se8, 0x01010101  ||  vmov.i32 se12, 0x01010101 }
        { nop 1 }
        { vmov.u8 se16, 1 }
        { nop 2 }
        { lw.i8 2, se0 }
        { iw 2 }
        { abc.u8 2, se16 }
        { nop 32 }
        { halt }
