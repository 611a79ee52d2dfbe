; `call` gives the address of the next bundle, a cycle later; `ret` goes there.
; rules M-6.4 M-6.5 M-6.2
; expect halt cycle 9

        .unchecked
        { mov r2, 1  ||  mov r3, 1  ||  call r31, deep }  ; 0 to 2
back:   { assert r31, 3  ||  assert r5, 6 }  ; 7
        { halt }
deep:   { add r5, r31, 3 }              ; 3
        { ret r31 }                     ; 4 to 6
