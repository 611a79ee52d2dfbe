; A fifth loop without rounds needs no room.
; rules M-6.16 M-6.6
; expect halt

        .unchecked
        { loop 2, a }
        { loop 2, b }
        { loop 2, c }
        { loop 2, d }
        { loop 0, e }
        { mov r2, 1 }
e:      { add r1, r1, 1 }
d:      { nop 1  ||  mov r3, 1 }
        { mov r3, 1 }
c:      { mov r3, 1 }
b:      { mov r3, 1 }
a:      { assert r1, 16  ||  assert r2, 0  ||  halt }
