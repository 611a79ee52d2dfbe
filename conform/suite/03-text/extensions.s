; An extension syllable adds upper bits to a field; the sign is that of the whole.
; rules M-3.1 M-7.1
; needs superlanes >= 2, quads >= 2, banks >= 2, rows >= 64
; expect halt

        .unchecked
        { mov r1, 1  ||  mov r2, 7  ||  mov r3, 9 }
        { st [5000], r2  ||  st [12000], r3 }
        { ld r4, [r1*5000]  ||  ld r5, [r1*12000] }
        { ld r6, [r1*-5000 + 10000]  ||  ld r7, [r1*-5000 + 17000] }
        { ld r8, [r1*4095 + 905] }
        { ld r9, [r1*-4096 + 9096] }
        { nop 3 }
        { assert r4, 7  ||  assert r5, 9  ||  assert r6, 7 }
        { assert r7, 9  ||  assert r8, 7  ||  assert r9, 7 }
        { halt }
