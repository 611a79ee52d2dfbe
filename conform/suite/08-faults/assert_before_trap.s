; E-ASSERT comes before E-TRAP, E-TRAP before E-WRITE-CLASH.
; rules M-8.1 M-8.14
; expect E-ASSERT cycle 0 pc 0 slot 1 value 0 value2 5

        .unchecked
        { trap 7  ||  assert r1, 5  ||  mov r2, 1  ||  mov r2, 2 }
        { halt }
