; A jump out of two bodies at once ends both loops, and leaves the third.
; rules M-6.10
; expect halt

        .unchecked
        { loop 3, c }
        { loop 9, b }
        { loop 9, a }
        { add r1, r1, 1  ||  jmp out }
        { mov r4, 1 }
a:      { mov r4, 2 }
b:      { nop 1 }
out:    { add r2, r2, 1 }
        { add r3, r3, 1 }
c:      { assert r1, 3  ||  assert r2, 3  ||  assert r3, 3 }
        { assert r4, 0  ||  halt }
