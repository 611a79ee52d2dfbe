; Shift counts are taken modulo the bits of the type.
; rules M-15.9
; needs vxm_alus >= 4
; expect halt

        .timeline
        @0              mov     r1, 0x81818181
        @0              mov     r2, 9
        @0              mov     r3, 33
        @1              vshl.u8 se0, r1, r2
        @1              vshr.u8 se1, r1, r2
        @1              vsar.i8 se2, r1, r2
        @1              vshl.u8 se3, r1, 255
        @2              vshl.i16 se0, r1, 17
        @2              vshr.u16 se2, r1, 18
        @3              vsar.i32 se0, r1, r3
        @5              write.4 me0[0], se0
        @6              write.2 me0[1], se0
        @6              write.2 me2[1], se2
        @7              write.4 me0[2], se0
        @8              nop     1
        .endtimeline
        ldl.4   r4, me0[0], 0
        ldl.4   r5, me0[1], 0
        ldl.4   r6, me0[2], 0
        assert  r4, 0x80C04002
        assert  r5, 0x20600302
        assert  r6, 0xC0C0C0C0
        halt
