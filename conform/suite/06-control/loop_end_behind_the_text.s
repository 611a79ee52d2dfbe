; The end of a body must not be past the length of the text.
; rules M-6.13 M-6.12 M-8.8
; expect E-LOOP cycle 0 pc 0 slot 0 resource 0 address 4

        .unchecked
bad:    { loop 5, 4 }
        { nop 1 }
        { halt }
