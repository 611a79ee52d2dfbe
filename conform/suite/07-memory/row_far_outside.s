; Rows are unsigned modulo 2^32.
; rules M-7.3 M-7.5 M-8.10
; expect E-RANGE cycle 1 pc bad slot 0 address 4294967295 value 3

        .unchecked
        { mov r1, -2 }
bad:    { stl mw0[r1 + 1], 3, r1 }
        { halt }
