; `acc.emit` changes no row.
; rules M-16.28 M-16.31 M-19.23
; needs quads = 2, streams >= 32, vxm_alus >= 4, mxm_planes >= 2
; expect E-UNINIT cycle 32 pc bad slot 0 resource 2 address 0 value -1 element 0

        .unchecked
        { vmov.i32 se0, 0x01010101  ||  vmov.i32 se4, 0x01010101  ||  vmov.i32 se8, 0x01010101  ||  vmov.i32 se12, 0x01010101 }
        { nop 1 }
        { vmov.u8 se16, 1 }
        { nop 2 }
        { lw.i8 2, se0 }
        { iw 2 }
        { abc.u8 2, se16 }
        { nop 23 }
        { acc.emit 2, sw0 }
bad:    { accr 2, 0, sw4 }
        { halt }
