; A result stands at the exit 24 cycles after its activation, and not a cycle after.
; rules M-16.18 M-16.24 M-19.16
; needs quads = 2, streams >= 32, vxm_alus >= 4, mxm_planes >= 2
; expect E-ACC-EMPTY cycle 32 pc bad slot 0 resource 2 element 0

        .unchecked
        { vmov.i32 se0, 0x01010101  ||  vmov.i32 se4, 0x01010101  ||  vmov.i32 se8, 0x01010101  ||  vmov.i32 se12, 0x01010101 }
        { nop 1 }
        { vmov.u8 se16, 1 }
        { nop 2 }
        { lw.i8 2, se0 }
        { iw 2 }
        { abc.u8 2, se16 }              ; in cycle 7
        { nop 24 }
bad:    { acc.emit 2, sw0 }
        { halt }
