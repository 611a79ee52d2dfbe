; Writes may follow each other closely; a register read in the cycle it is written gives the old value.
; rules M-5.5 M-4.5 M-4.7
; expect halt cycle 6

        .unchecked
        { mov r1, 1  ||  mov r2, r1 }
        { mov r1, 2  ||  mov r3, r1 }
        { mov r1, 3  ||  mov r4, r1 }
        { assert r2, 0  ||  assert r3, 1  ||  assert r4, 2 }
        { assert r1, 3 }
        { halt }
