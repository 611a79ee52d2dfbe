; Rows count on from bank 0 into bank 1.
; rules M-7.3 M-8.11
; needs banks >= 2, rows = 64
; expect halt

        .unchecked
        { mov r1, 7  ||  mov r2, 9 }
        { stl mw0[63], 0, r1  ||  stl mw0[64], 0, r2 }
        { ldl r3, mw0[63], 0  ||  ldl r4, mw0[64], 0 }
        { nop 3 }
        { assert r3, 7  ||  assert r4, 9  ||  halt }
