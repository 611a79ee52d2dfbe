; Adding to a row never set is E-UNINIT.
; rules M-16.31 M-19.23
; needs quads = 2, streams >= 32, vxm_alus >= 4, mxm_planes >= 2
; expect E-UNINIT cycle 31 pc bad slot 0 resource 2 address 7 value -1 element 0

        .unchecked
        { vmov.i32 se0, 0x01010101  ||  vmov.i32 se4, 0x01010101  ||  vmov.i32 se8, 0x01010101  ||  vmov.i32 se12, 0x01010101 }
        { nop 1 }
        { vmov.u8 se16, 1 }
        { nop 2 }
        { lw.i8 2, se0 }
        { iw 2 }
        { abc.u8 2, se16 }
        { nop 23 }
bad:    { acc.add 2, 7 }
        { halt }
