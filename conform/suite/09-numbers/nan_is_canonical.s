; Every NaN that comes out is the canonical one, whatever went in.
; rules M-9.5
; expect halt

        .unchecked
        { mov r1, 0xFF800001  ||  mov r2, 0x7FC12345  ||  mov r3, 0xFFFFFFFF }
        { neg.f32 r4, r1  ||  abs.f32 r5, r3  ||  min.f32 r6, r2, r1  ||  add.f32 r7, r2, r2  ||  mul.f32 r8, r1, r2 }
        { max.f32 r9, r2, 1.0  ||  min.f32 r10, r1, 1.0  ||  cvt.f16.f32 r11, r2  ||  cvt.bf16.f32 r12, r3 }
        { sqrt.f32 r14, r1 }
        { div.f32 r13, r2, r2 }
        { mov r17, -1.0  ||  fma.f32 r16, r1, r2, r3 }
        { nop 18 }
        { sqrt.f32 r15, r17 }
        { nop 17 }
        { assert r4, 0x7FC00000  ||  assert r5, 0x7FC00000  ||  assert r6, 0x7FC00000 }
        { assert r7, 0x7FC00000  ||  assert r8, 0x7FC00000  ||  assert r9, 0x7FC00000 }
        { assert r10, 0x7FC00000  ||  assert r11, 0x7E00  ||  assert r12, 0x7FC0 }
        { assert r13, 0x7FC00000  ||  assert r14, 0x7FC00000  ||  assert r15, 0x7FC00000 }
        { assert r16, 0x7FC00000  ||  halt }
