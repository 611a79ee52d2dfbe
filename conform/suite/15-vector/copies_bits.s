; `vsel` and `vmov` copy bits, those of a NaN that signals too; any mask byte but 0 takes the second source.
; rules M-15.14 M-15.15
; expect halt

        .timeline
        @0              mov     r1, 0x7F800001
        @0              mov     r2, 0xFFC12345
        @0              mov     r3, 0x80
        @1              vsel.f32 se0, r3, r1, r2
        @2              vsel.f32 se0, r0, r1, r2
        @5              vmov.f32 se0, r1
        @5              write.4 me0[0], se0, n=3
        @8              nop     1
        .endtimeline
        ldl.4   r4, me0[0], 0
        ldl.4   r5, me0[1], 0
        ldl.4   r6, me0[2], 0
        assert  r4, 0x7F800001
        assert  r5, 0xFFC12345
        assert  r6, 0x7F800001
        halt
