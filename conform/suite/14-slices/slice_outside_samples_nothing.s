; An op on a slice that is not there samples nothing: that is what is wrong, not the empty stream.
; rules M-14.6 M-19.17
; needs quads = 2
; expect E-RANGE cycle 0 pc 0 slot 0 address 5 value 72 element 0

        .unchecked
        .syllable 0x4000090005281       ; write me8[5], se0
        { halt }
