; Of a 16-bit value the high half of the register is ignored when read and zero when written.
; rules M-9.9
; expect halt

        .unchecked
        { mov r1, 0xABCD3C00  ||  mov r2, 0xFFFF4049  ||  mov r3, -1.0 }
        { cvt.f32.f16 r4, r1  ||  cvt.f32.bf16 r5, r2 }
        { cvt.f16.f32 r6, r3  ||  cvt.bf16.f16 r7, r1 }
        { nop 3 }
        { assert r4, 0x3F800000  ||  assert r5, 0x40490000  ||  assert r6, 0xBC00 }
        { assert r7, 0x3F80  ||  halt }
