; The end of a body must start a bundle.
; rules M-6.13 M-6.12 M-8.8
; expect E-LOOP cycle 0 pc 0 slot 0 resource 0 address 3

        .unchecked
bad:    { loop r0, 3 }
        { nop 1 }
        { mov r1, 1  ||  mov r2, 2 }
        { halt }
