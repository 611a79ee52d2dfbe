; Loops nest four deep, each body ending before that around it.
; rules M-6.7 M-6.8 M-6.15 M-6.16
; expect halt

        .unchecked
        { loop 2, a }
        { loop 2, b }
        { loop 2, c }
        { loop 2, d }
        { add r4, r4, 1 }
d:      { add r3, r3, 1 }
c:      { add r2, r2, 1 }
b:      { add r1, r1, 1 }
a:      { assert r4, 16  ||  assert r3, 8  ||  assert r2, 4 }
        { assert r1, 2  ||  halt }
