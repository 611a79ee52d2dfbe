; Floats become integers by rounding to nearest even, or toward zero; they saturate, and NaN is 0.
; rules M-9.7 M-9.8
; expect halt

        .unchecked
        { mov r1, 2.5  ||  mov r2, -2.5  ||  mov r3, 3.5 }
        { cvt.i32.f32 r4, r1  ||  cvt.i32.f32 r5, r2  ||  mov r20, 1e10  ||  mov r21, -1e10  ||  mov r22, 0x7FC00000 }
        { cvt.i32.f32 r6, r3  ||  cvtz.i32.f32 r7, r3 }
        { cvtz.i32.f32 r8, r2  ||  cvt.i32.f32 r9, r20 }
        { cvt.i32.f32 r10, r21  ||  cvt.i32.f32 r11, r22 }
        { cvt.u32.f32 r12, r20  ||  cvt.u32.f32 r13, r21 }
        { cvt.u32.i32 r14, r2  ||  cvt.i32.u32 r15, r2 }
        { nop 3 }
        { assert r4, 2  ||  assert r5, -2  ||  assert r6, 4 }
        { assert r7, 3  ||  assert r8, -2  ||  assert r9, 0x7FFFFFFF }
        { assert r10, 0x80000000  ||  assert r11, 0  ||  assert r12, -1 }
        { assert r13, 0  ||  assert r14, 0  ||  assert r15, 0x7FFFFFFF }
        { halt }
