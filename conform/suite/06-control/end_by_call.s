; Only what did not jump goes round: a return to the end of a body ends no round of it.
; rules M-6.8 M-6.11 M-6.4
; expect halt

        .unchecked
        { loop 3, end }
        { add r1, r1, 1  ||  call r31, deep }
        { mov r3, 1 }
end:    { assert r1, 1  ||  assert r2, 1  ||  assert r3, 0  ||  halt }
deep:   { add r31, r31, 1  ||  mov r2, 1 }
        { ret r31 }
