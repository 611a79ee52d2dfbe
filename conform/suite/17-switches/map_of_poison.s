; With `uninit=poison` they are 0xDBDB, which is out of range.
; rules M-17.10 M-17.8 M-19.19
; needs quads = 2
; run uninit=poison
; expect E-RANGE cycle 4 pc bad slot 0 resource 2 address 56283 lane 0 element 0

        .unchecked
        { vmov.u8 se0, 1 }
        { nop 3 }
bad:    { permute E, sw0, se0, 2 }
        { halt }
