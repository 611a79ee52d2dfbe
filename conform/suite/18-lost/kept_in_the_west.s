; And not a cycle before.
; rules M-18.4 M-18.6 M-20.1
; needs quads = 2
; expect halt cycle 6
; leaves losses 0, Value 1, Value.position 0, Value.stream 32, Value.sampled 0

        .unchecked
        { vmov.u8 sw0, 7 }
        { nop 4 }
        { halt }
