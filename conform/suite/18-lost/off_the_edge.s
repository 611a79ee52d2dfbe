; A cycle more, and it is dropped.
; rules M-18.2 M-18.6 M-12.2
; needs quads = 2
; expect halt cycle 7
; leaves losses 1, Value 0

        .unchecked
        { vmov.u8 se0, 7 }
        { nop 5 }
        { halt }
