; With a NaN only `ne` holds; -0 equals +0.
; rules M-9.4 M-9.10
; expect halt

        .unchecked
        { mov r1, 0x7FC00000  ||  mov r2, 0x80000000  ||  mov r3, 7 }
        { cmp.f32 r1, r1 }
        { sel.ne r4, r3, 9  ||  sel.eq r5, r3, 9  ||  sel.lt r6, r3, 9 }
        { sel.ge r7, r3, 9  ||  sel.le r8, r3, 9  ||  sel.gt r9, r3, 9 }
        { cmp.f32 r2, 0.0  ||  assert r4, 7  ||  assert r5, 9 }
        { sel.eq r10, r3, 9  ||  sel.lt r11, r3, 9  ||  sel.ge r12, r3, 9 }
        { assert r6, 9  ||  assert r7, 9  ||  assert r8, 9 }
        { assert r9, 9  ||  assert r10, 7  ||  assert r11, 9 }
        { assert r12, 7  ||  halt }
