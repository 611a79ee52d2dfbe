; Even a loop without rounds must end within the body around it.
; rules M-6.12 M-6.15 M-8.8
; expect E-LOOP cycle 1 pc bad slot 0 resource 1 address 4

        .unchecked
        { loop 3, b }
bad:    { loop 0, a }
        { mov r1, 1 }
b:      { mov r1, 1 }
a:      { halt }
