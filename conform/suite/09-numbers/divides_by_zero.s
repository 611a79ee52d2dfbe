; Division by zero is E-DIV; the record holds both numbers.
; rules M-9.3 M-8.13
; expect E-DIV cycle 1 pc bad slot 0 value 4294967289 value2 0

        .unchecked
        { mov r1, -7 }
bad:    { div r2, r1, r3 }
        { halt }
