; There are 1024 accumulator rows: the next is out of range.
; rules M-16.2 M-16.30 M-19.18
; needs quads = 2, mxm_planes >= 2
; expect E-RANGE cycle 6 pc bad slot 0 resource 2 address 1024 element 1

        .unchecked
        { vmov.i32 se0, 7, n=2 }
        { nop 4 }
bad:    { accw 2, 1023, se0, n=2 }
        { nop 2 }
        { halt }
