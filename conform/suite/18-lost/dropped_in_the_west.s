; Westward values are dropped behind the planes of the west.
; rules M-18.2 M-18.6 M-12.2
; needs quads = 2
; expect halt cycle 7
; leaves losses 1, Value 0, Lost.stream 32, Lost.losses 1

        .unchecked
        { vmov.u8 sw0, 7 }
        { nop 5 }
        { halt }
