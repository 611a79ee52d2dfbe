; f32 arithmetic rounds to nearest, ties to even, subnormals included.
; rules M-9.4
; expect halt

        .unchecked
        { mov r1, 1.0  ||  mov r2, 0x33800000  ||  mov r3, 0x00800000 }  ; 1, 2^-24, the least normal number
        { add.f32 r4, r1, r2 }          ; a tie: even, 1
        { mov r5, 0x3F800001 }
        { add.f32 r6, r5, r2  ||  mul.f32 r7, r3, 0.5 }  ; a tie: even, up; a subnormal
        { mul.f32 r8, r3, r2  ||  sub.f32 r9, r3, 1.0 }
        { nop 3 }
        { assert r4, 0x3F800000  ||  assert r6, 0x3F800002  ||  assert r7, 0x00400000 }
        { assert r8, 0  ||  assert r9, -1.0  ||  halt }
