; Every bundle starts where the one before it stops, however many syllables it has.
; rules M-3.1 M-6.5
; expect halt cycle 9

        .unchecked
        { mov r1, 5  ||  mov r2, 1 }    ; 0 and 1
        { ret r1  ||  mov r5, 7 }       ; 2 and 3
        { trap 1 }                      ; 4
        { mov r2, 8  ||  mov r3, 9 }    ; 5 and 6
        { ret r2 }                      ; 7
        { halt }                        ; 8
