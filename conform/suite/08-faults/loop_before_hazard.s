; E-LOOP comes before E-HAZARD of another op.
; rules M-8.1 M-8.2
; expect E-LOOP cycle 1 pc bad slot 1 resource 0 address bad

        .unchecked
        { mul r1, r2, r3  ||  nop 1 }
bad:    { add r4, r1, r1  ||  loop 3, bad }
        { halt }
