; `sel` copies bits, also those of a NaN that signals.
; rules M-9.10
; expect halt

        .unchecked
        { mov r1, 0x7F800001  ||  mov r2, 0xFFC12345 }
        { sel.eq r3, r1, r2  ||  sel.ne r4, r1, r2 }
        { assert r3, 0x7F800001  ||  assert r4, 0xFFC12345  ||  halt }
