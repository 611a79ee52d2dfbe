; A slice that the machine has not is out of range; the record names its row, and its lane as the value.
; rules M-7.5 M-8.10
; needs quads = 2
; expect E-RANGE cycle 0 pc 0 slot 0 address 5 value 3

        .unchecked
        .syllable 0xc00a202051          ; ldl r1, mw8[5], 3
        { halt }
