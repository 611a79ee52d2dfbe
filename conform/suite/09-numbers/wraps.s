; Integers wrap.
; rules M-9.1
; expect halt

        .unchecked
        { mov r1, 0x7FFFFFFF  ||  mov r2, 0x80000000  ||  mov r3, 0xFFFFFFFF }
        { add r4, r1, 1  ||  sub r5, r2, 1  ||  neg r6, r2  ||  mul r7, r1, r1 }
        { abs r8, r2  ||  add r9, r3, r3  ||  sub r10, r0, 1  ||  mad r11, r3, r3, r3 }
        { assert r4, 0x80000000  ||  assert r5, 0x7FFFFFFF  ||  assert r6, 0x80000000  ||  mulh r12, r2, r2 }
        { assert r7, 1  ||  assert r8, 0x80000000  ||  assert r9, 0xFFFFFFFE  ||  mulh.u32 r13, r3, r3 }
        { assert r10, 0xFFFFFFFF  ||  assert r11, 0  ||  mulh r14, r3, r3 }
        { assert r12, 0x40000000 }
        { assert r13, 0xFFFFFFFE }
        { assert r14, 0  ||  halt }
