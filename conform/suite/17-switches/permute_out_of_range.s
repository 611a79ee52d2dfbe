; Another entry out of range is E-RANGE, at the first such lane.
; rules M-17.8 M-19.19 M-19.3
; needs superlanes = 2, quads = 2
; expect E-RANGE cycle 4 pc bad slot 0 resource 5 address 32 lane 9 element 0

        .unchecked
        .tensor x: u8[1, 32] @ me4 = each(i, j, 100 + j)
        .tensor map: u16[1, 32] @ me5..me6 = each(i, j, j == 4 ? 0xFFFF : j == 9 ? 32 : j == 12 ? 0xFFFE : 31)
        { read.2 se2, me5[0] }
        { read se0, me4[0] }
        { nop 1 }
        { lmap E, 5, se2 }
bad:    { permute E, sw0, se0, 5 }
        { halt }
