; Nor by what sampled the other before.
; rules M-18.1 M-18.2
; needs quads >= 2
; expect halt
; leaves losses 1

        .unchecked
        .tensor x: u8[1, 32] @ me4 = each(i, j, 9)
        { vmov.u8 se0, 7 }
        { read se0, me4[0] }            ; leaves E.q1 in 3
        { write me0[0], se0 }           ; samples the 7 a hop before
        { nop 9 }
        { halt }
