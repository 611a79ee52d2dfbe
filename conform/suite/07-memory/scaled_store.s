; Stores make their addresses like loads.
; rules M-7.1 M-4.6
; expect halt

        .unchecked
x:      .i32 10, 11, 12, 13, 14, 15
        { mov r1, 2  ||  mov r2, 1  ||  mov r3, 100 }
        { st [x + r1*2 + r2], r3  ||  mov r3, 101 }
        { st [x + r1*r1 + r0], r3  ||  mov r3, 102 }
        { st [x + r1], r3  ||  mov r3, 103 }
        { st [x], r3 }
        { ld r10, [x + 5] }
        { ld r11, [x + 4] }
        { ld r12, [x + 2] }
        { ld r13, [x] }
        { nop 3 }
        { assert r10, 100  ||  assert r11, 101  ||  assert r12, 102 }
        { assert r13, 103  ||  halt }
