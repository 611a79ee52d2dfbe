; `trap` faults with its code.
; rules M-8.15
; expect E-TRAP cycle 0 pc 0 slot 0 value 255

        .unchecked
        { trap 255 }
