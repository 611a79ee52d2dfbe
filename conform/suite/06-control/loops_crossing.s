; A loop does not end after that around it.
; rules M-6.15 M-6.12 M-8.8
; expect E-LOOP cycle 1 pc bad slot 0 resource 1 address 4

        .unchecked
        { loop 2, a }
bad:    { loop 2, b }
        { mov r1, 1 }
a:      { mov r1, 1 }
b:      { halt }
