; A v register may be read narrower than it was written.
; rules M-15.3 M-15.4
; needs vxm_alus >= 4
; expect halt

        .unchecked
        { vmov.i32 v0, 0x11223344 }
        { vmov.u16 se0, v0 !V1  ||  vmov.u8 se2, v0 !V2 }
        { nop 1 }
        { write.2 me0[0], se0  ||  write me2[0], se2 }
        { ldl.2 r1, me0[0], 3  ||  ldl r2, me2[0], 3 }
        { nop 3 }
        { assert r1, 0x3344  ||  assert r2, 0x44  ||  halt }
