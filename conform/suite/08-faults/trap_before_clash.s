; E-TRAP comes before E-WRITE-CLASH.
; rules M-8.1 M-8.15
; expect E-TRAP cycle 0 pc 0 slot 2 value 7

        .unchecked
        { mov r2, 1  ||  mov r2, 2  ||  trap 7 }
        { halt }
