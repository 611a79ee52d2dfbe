; Divisions go toward zero; remainders have the sign of the dividend.
; rules M-9.1 M-9.3
; expect halt

        .unchecked
        { mov r1, -7  ||  mov r2, 7  ||  mov r3, 0x80000000 }
        { div r4, r1, 2 }
        { rem r5, r1, 2 }
        { div r6, r2, -2 }
        { rem r7, r2, -2 }
        { div.u32 r8, r1, 2 }
        { rem.u32 r9, r1, 10 }
        { div.u32 r10, r3, -1 }
        { rem.u32 r11, r3, -1 }
        { div r12, r3, 1 }
        { nop 17 }
        { assert r4, -3  ||  assert r5, -1  ||  assert r6, -3 }
        { assert r7, 1  ||  assert r8, 0x7FFFFFFC  ||  assert r9, 9 }
        { assert r10, 0  ||  assert r11, 0x80000000  ||  assert r12, 0x80000000 }
        { halt }
