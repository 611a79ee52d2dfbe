; The end of a body is no part of it: a jump from there leaves the loop as it is.
; rules M-6.7 M-6.10
; expect halt

        .unchecked
        { loop 3, end }
        { call r31, deep }
last:   { add r1, r1, 1 }
end:    { cmp r1, 0  ||  jmp far }      ; not by the end of a round, but from `deep`
deep:   { add r31, r31, 1  ||  add r2, r2, 1 }
        { ret r31 }
far:    { cmp r3, 1 }
        { jeq done }
        { add r3, r3, 1 }
        { jmp last }                    ; ends a round, since the loop is still there
done:   { assert r1, 1  ||  assert r2, 2  ||  assert r3, 1  ||  halt }
