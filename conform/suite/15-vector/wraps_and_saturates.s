; `.w` wraps, `.s` saturates; unsigned as well as signed.
; rules M-15.8
; needs vxm_alus >= 4
; expect halt

        .timeline
        @0              mov     r1, 0x7F
        @0              mov     r2, 0xFF
        @0              mov     r3, 0x80
        @1              vadd.i8.w se0, r1, 1
        @1              vadd.i8.s se1, r1, 1
        @1              vadd.u8.w se2, r2, 1
        @1              vadd.u8.s se3, r2, 1
        @2              vsub.u8.w se0, r0, 1
        @2              vsub.u8.s se1, r0, 1
        @2              vmul.i8.s se2, r1, 0x81  ; 127 * -127
        @2              vneg.i8.s se3, r3
        @5              write.4 me0[0], se0, n=2
        @7              nop     1
        .endtimeline
        ldl.4   r3, me0[0], 0
        ldl.4   r4, me0[1], 0
        assert  r3, 0xFF007F80
        assert  r4, 0x7F8000FF
        halt
