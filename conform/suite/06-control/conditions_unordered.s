; After a comparison with NaN only `ne` holds, for jumps as for selections.
; rules M-6.2 M-9.10
; expect halt

        .unchecked
        { mov r1, 0x7FC00000  ||  mov r3, 0xAAAA }
        { cmp.f32 r3, r1 }
        .irp no, eq, lt, le, gt, ge, ltu, leu, gtu, geu
        { j\no wrong }
        { sel.\no r4, r3, 7 }
        { assert r4, 7 }
        .endr
        { jne done }
wrong:  { trap 1 }
done:   { halt }
