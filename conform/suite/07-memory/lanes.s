; Lane accesses: byte k of the value is in slice s + k; loads give zeros above, stores take the low bytes.
; rules M-7.3 M-7.4 M-7.6 M-2.1
; needs superlanes >= 2
; run uninit=zero
; expect halt

        .unchecked
        { mov r1, 0x44332211  ||  mov r2, 5  ||  mov r3, 17 }
        { stl.4 mw0[2], 7, r1  ||  stl.2 me0[r2 + 1], 8, r1 }
        { stl me0[9], r3, r1  ||  mov r4, -2 }
        { stl.4 me0[r2 + 4], r3, r1 }
        { ldl.4 r10, mw0[2], 7 }
        { ldl r11, mw0[2], 7  ||  ldl r12, mw1[2], 7 }
        { ldl r13, mw2[2], 7  ||  ldl r14, mw3[2], 7 }
        { ldl.2 r15, me0[6], 8  ||  ldl.2 r16, mw2[2], 7 }
        { ldl r17, me2[6], 8  ||  ldl.2 r18, mw1[2], 7 }
        { ldl.4 r19, me0[9], r3 }
        { ldl.4 r20, mw0[r4 + 4], 7 }   ; row 4 - 2
        { nop 4 }
        { assert r10, 0x44332211  ||  assert r11, 0x11  ||  assert r12, 0x22 }
        { assert r13, 0x33  ||  assert r14, 0x44  ||  assert r15, 0x2211 }
        { assert r16, 0x4433  ||  assert r17, 0  ||  assert r18, 0x3322 }
        { assert r19, 0x44332211  ||  assert r20, 0x44332211 }
        { halt }
