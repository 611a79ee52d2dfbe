; Integers become floats by one rounding.
; rules M-9.6 M-9.9
; expect halt

        .unchecked
        { mov r1, 0x01000001  ||  mov r2, 0x01000003  ||  mov r3, 2049 }
        { cvt.f32.i32 r4, r1  ||  cvt.f32.i32 r5, r2 }
        { cvt.f16.i32 r6, r3  ||  cvt.bf16.i32 r7, r1  ||  mov r9, -1 }
        { cvt.f32.u32 r8, r9  ||  cvt.f32.i32 r10, r9 }
        { nop 3 }
        { assert r4, 0x4B800000  ||  assert r5, 0x4B800002  ||  assert r6, 0x6800 }
        { assert r7, 0x4B80  ||  assert r8, 0x4F800000  ||  assert r10, 0xBF800000 }
        { halt }
