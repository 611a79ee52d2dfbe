; Shift amounts count modulo 32.
; rules M-9.2
; expect halt

        .unchecked
        { mov r1, 0x80000001  ||  mov r2, 33  ||  mov r3, -1 }
        { shl r4, r1, r2  ||  shr r5, r1, r2  ||  sar r6, r1, r2 }
        { shl r7, r1, 32  ||  shr r8, r1, r3  ||  sar r9, r1, r3 }
        { assert r4, 2  ||  assert r5, 0x40000000  ||  assert r6, 0xC0000000 }
        { assert r7, 0x80000001  ||  assert r8, 1  ||  assert r9, -1 }
        { halt }
