; What lands in the cycle of a fault has landed; what lands later has not.
; rules M-4.8 M-4.2
; expect E-TRAP cycle 4 pc bad slot 0
; leaves r3 42, r4 0

        .unchecked
        { mov r1, 6  ||  mov r2, 7 }
        { mul r3, r1, r2 }
        { mul r4, r1, r2  ||  nop 2 }
bad:    { trap 0 }
