; `call` and `ret` leave loops as they are, though they leave the body.
; rules M-6.11 M-6.8
; expect halt

        .unchecked
        { loop 3, end }
        { add r1, r1, 1  ||  call r31, deep }
        { mov r3, 1 }
end:    { assert r1, 3  ||  assert r2, 3  ||  halt }
deep:   { add r2, r2, 1  ||  nop 1 }
        { ret r31 }
