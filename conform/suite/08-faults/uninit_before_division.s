; E-UNINIT comes before E-DIV.
; rules M-8.1
; expect E-UNINIT cycle 0 pc 0 slot 1 address 0

        .unchecked
        { div r1, r2, 0  ||  ld r3, [0] }
        { halt }
