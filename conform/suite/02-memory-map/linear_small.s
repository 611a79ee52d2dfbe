; Words are counted along rows, rows along banks, banks along slices, slices along the hemispheres, west first.
; rules M-2.1 M-2.3 M-7.4
; needs superlanes = 2, quads = 2, banks >= 2, rows = 64
; run uninit=zero
; expect halt cycle 21

        .unchecked
        .equ WORD = ((((1 * 8 + 2) * 2 + 1) * 64) + 5) * 8 + 3  ; of me2, bank 1, row 5: lanes 12 to 15
        { mov r1, 0x44332211  ||  mov r2, WORD  ||  mov r9, 0x7F }
        { st [WORD], r1  ||  st [0], r9 }
        { ldl r3, me2[64 + 5], 12  ||  ldl r7, mw0[0], 0 }
        { ldl r4, me2[64 + 5], 13 }
        { ldl r5, me2[64 + 5], 14 }
        { ldl r6, me2[64 + 5], 15 }
        { nop 3 }
        { assert r3, 0x11  ||  assert r4, 0x22  ||  assert r5, 0x33 }
        { assert r6, 0x44  ||  assert r7, 0x7F }
        { stl mw0[1], 0, r9  ||  stl mw1[0], 0, r9 }
        { stl mw7[127], 28, r9  ||  stl me0[0], 0, r9 }
        { ld r10, [8]  ||  ld r11, [1024] }  ; row 1 of mw0, row 0 of mw1
        { ld r12, [8191]  ||  ld r13, [8192] }  ; the last word of the west, the first of the east
        { nop 3 }
        { assert r10, 0x7F  ||  assert r11, 0x7F }
        { assert r12, 0x7F  ||  assert r13, 0x7F }
        { halt }
