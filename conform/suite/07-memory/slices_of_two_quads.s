; The slices of an access lie in one quad.
; rules M-7.5 M-8.10
; expect E-RANGE cycle 0 pc 0 slot 0 address 5 value 3

        .unchecked
        { stl.2 mw3[5], 3, r1 }
        { halt }
