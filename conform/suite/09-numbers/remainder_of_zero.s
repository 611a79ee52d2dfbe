; So is the remainder, unsigned.
; rules M-9.3 M-8.13
; expect E-DIV cycle 1 pc bad slot 0 value 7 value2 0

        .unchecked
        { mov r1, 7 }
bad:    { rem.u32 r2, r1, 0 }
        { halt }
