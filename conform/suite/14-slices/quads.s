; The slices of an access lie in one quad.
; rules M-14.2 M-19.17
; expect E-RANGE cycle 0 pc 0 slot 0 address 5 value 3 element 0

        .unchecked
        { read.2 se0, mw3[5] }
        { halt }
