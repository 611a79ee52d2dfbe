; The same on a machine of 20 superlanes, 11 quads and 4096 rows.
; rules M-2.1 M-2.3 M-7.4
; needs superlanes = 20, quads = 11, rows = 4096, banks = 2
; expect halt cycle 10

        .unchecked
        .equ WORD = ((((1 * 44 + 43) * 2 + 1) * 4096) + 4095) * 80 + 79  ; the very last one
        { mov r1, 0x44332211  ||  mov r9, 0x7F }
        { st [WORD], r1  ||  st [655360 * 44 - 1], r9 }
        { ldl r3, me43[8191], 316  ||  ldl r7, mw43[8191], 316 }
        { ldl r4, me43[8191], 317 }
        { nop 3 }
        { assert r3, 0x11  ||  assert r7, 0x7F }
        { assert r4, 0x22 }
        { halt }
