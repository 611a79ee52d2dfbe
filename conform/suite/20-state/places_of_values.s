; A value is told with the position it has left, and whether it was sampled.
; rules M-20.1 M-18.1
; needs quads = 2
; run until=3
; expect running cycle 3
; leaves Value 1, Value.stream 0, Value.position 5, Value.issued 0, Value.sampled 1, Value.width 1

        .unchecked
        { vmov.u8 se0, 7 }
        { nop 1 }
        { write me0[0], se0 }
        { nop 9 }
        { halt }
