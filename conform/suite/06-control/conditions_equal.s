; Each condition after a comparison of equal numbers.
; rules M-6.2 M-9.10
; expect halt

        .unchecked
        { mov r1, -7  ||  mov r3, 0xAAAA }
        { cmp r1, -7 }
        .irp yes, eq, le, ge, leu, geu
        { sel.\yes r4, r3, 7 }
        { assert r4, 0xAAAA }
        .endr
        .irp no, ne, lt, gt, ltu, gtu
        { sel.\no r4, r3, 7 }
        { assert r4, 7 }
        { j\no wrong }
        .endr
        { halt }
wrong:  { trap 1 }
