; An element all of whose rows are past the last lane is out of range.
; rules M-16.6 M-19.18
; needs superlanes = 2, quads = 2, streams >= 16, vxm_alus >= 4, mxm_planes >= 2
; expect E-RANGE cycle 6 pc bad slot 0 resource 2 address 32 element 1

        .unchecked
        { vmov.i32 se0, 0x01010101, n=2  ||  vmov.i32 se4, 0x01010101, n=2  ||  vmov.i32 se8, 0x01010101, n=2  ||  vmov.i32 se12, 0x01010101, n=2 }
        { nop 4 }
bad:    { lw.i8 2, se0, n=2, row0=16 }
        { nop 5 }
        { halt }
