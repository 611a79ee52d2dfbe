; `ext` takes a field with its sign or with zeros, also one of 32 bits; `ins` puts one in, and no more than it holds.
; rules M-9.1
; expect halt

        .unchecked
        { mov r1, 0x89ABCDEF  ||  mov r2, -1  ||  mov r3, 8 }
        { ext r4, r1, 8, 8  ||  ext.u32 r5, r1, 8, 8  ||  ext r6, r1, 0, 32 }
        { ext.u32 r7, r1, 0, 32  ||  ext r8, r1, 28, 8  ||  ext.u32 r9, r1, r3, 4 }
        { assert r4, 0xFFFFFFCD  ||  assert r5, 0xCD  ||  assert r6, 0x89ABCDEF }
        { assert r7, 0x89ABCDEF  ||  assert r8, 8  ||  assert r9, 13 }
        { ins r10, r0, r2, 4, 8  ||  ins r11, r1, r0, 0, 32  ||  ins r12, r0, r2, 28, 8 }
        { ins r13, r0, r1, r3, 4  ||  ins r14, r2, r1, 8, 4 }
        { assert r10, 0xFF0  ||  assert r11, 0  ||  assert r12, 0xF0000000 }
        { assert r13, 0xF00  ||  assert r14, 0xFFFFFFFF  ||  halt }
