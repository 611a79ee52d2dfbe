; `distribute` stays within the superlane: 16 is out of range.
; rules M-17.6 M-17.8 M-19.19
; needs quads = 2
; expect E-RANGE cycle 5 pc bad slot 0 resource 5 address 16 lane 0 element 0

        .unchecked
        { vmov.u16 se2, 16 }
        { vmov.u8 se0, 1 }
        { nop 2 }
        { lmap E, 5, se2 }
bad:    { distribute E, sw0, se0, 5 }
        { halt }
