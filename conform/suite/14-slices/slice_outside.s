; A slice outside the machine is out of range.
; rules M-14.2 M-14.6 M-19.17
; needs quads = 2
; expect E-RANGE cycle 0 pc 0 slot 0 address 5 value 72 element 0

        .unchecked
        .syllable 0x4000090005081       ; read se0, me8[5]
        { halt }
