; Ops beside a jump issue with it.
; rules M-6.2 M-4.5
; expect halt cycle 4

        .unchecked
        { jmp on  ||  mov r1, 5 }
        { mov r2, 1 }
on:     { assert r1, 5  ||  assert r2, 0  ||  halt }
