; Registers are read when the burst is issued, and kept.
; rules M-13.3
; expect halt

        .unchecked
        { mov r1, 7  ||  mov r2, 3 }
        { vmov.i32 se0, r1, n=3  ||  mov r1, 8 }
        { nop 1 }
        { write.4 me0[r2], se0, n=3  ||  mov r2, 20 }
        { nop 2 }
        { ldl.4 r3, me0[3], 0 }
        { ldl.4 r4, me0[4], 0 }
        { ldl.4 r5, me0[5], 0 }
        { nop 3 }
        { assert r3, 7  ||  assert r4, 7  ||  assert r5, 7 }
        { halt }
