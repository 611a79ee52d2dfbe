; Sources are streams, v registers, registers (their low bits on every lane) and immediates (the bits of the type).
; rules M-15.1 M-15.2
; needs vxm_alus >= 4
; expect halt

        .timeline
        @0              mov     r1, 0xABCD0102
        @0              vmov.u16 v1, 0x0300
        @1              vmov.i32 se0, 0x11112222
        @1              vadd.u16.w v2, v1, r1  ; lands in 4
        @2              nop     1
        @4              vmov.u16 se0, v2
        @5              vadd.u16.w se0, v2, 0xFFFF  ; lands in 8
        @5              vadd.u8.w se2, r1, r1  ; the low 8 bits
        @6              write.2 me0[0], se0
        @9              write.2 me0[1], se0
        @9              write   me2[1], se2
        @10             nop     1
        .endtimeline
        ldl.2   r2, me0[0], 9
        ldl.2   r3, me0[1], 9
        ldl     r4, me2[1], 9
        assert  r2, 0x0402
        assert  r3, 0x0401
        assert  r4, 4
        halt
