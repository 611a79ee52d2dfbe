; An address is displacement + register * scale + register, modulo 2^32.
; rules M-7.1 M-7.11
; expect halt cycle 22

        .unchecked
x:      .i32 10, 11, 12, 13, 14, 15
        { mov r1, 2  ||  mov r2, 1  ||  mov r3, -1 }
        { mov r4, 0x40000000  ||  mov r5, 0x80000001  ||  mov r6, 3 }
        { ld r10, [x + 3] }
        { ld r11, [x + r1] }
        { ld r12, [x + r1*2] }
        { ld r13, [x + r1*2 + r2] }
        { ld r14, [x + r1*r6 + r3] }    ; 6 - 1
        { ld r15, [x + 4 + r3] }        ; 4 - 1
        { ld r16, [x + r4*4] }          ; 2^32 is 0
        { ld r17, [x + r5*2] }          ; 2^32 + 2
        { ld r18, [x + r4*r1 + r5] }    ; 2^31 + 2^31 + 1
        { nop 3 }
        { assert r10, 13  ||  assert r11, 12  ||  assert r12, 14 }
        { assert r13, 15  ||  assert r14, 15  ||  assert r15, 13 }
        { assert r16, 10  ||  assert r17, 12  ||  assert r18, 11 }
        { st [x + r1*2 + r2], r6 }
        { ld r19, [x + 5]  ||  mov r20, 6 }
        { nop 1 }
        { halt }
