; An activation lands after 24 cycles.
; rules M-12.6 M-16.18
; needs quads = 2, streams >= 32, vxm_alus >= 4, mxm_planes >= 2
; expect halt cycle 32

        .unchecked
        { vmov.i32 se0, 1  ||  vmov.i32 se4, 2  ||  vmov.i32 se8, 3  ||  vmov.i32 se12, 4 }
        { nop 2 }
        { vmov.u8 se16, 1 }
        { nop 1 }
        { lw.i8 2, se0 }
        { iw 2 }
        { nop 1 }
        { abc.u8 2, se16 }
        { halt }
