; So is its remainder.
; rules M-9.3 M-8.13
; expect E-DIV cycle 1 pc bad slot 0 value 2147483648 value2 4294967295

        .unchecked
        { mov r1, 0x80000000 }
bad:    { rem r2, r1, -1 }
        { halt }
