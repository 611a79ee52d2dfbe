; `vmov` lands 1 + delay cycles later.
; rules M-15.7
; needs streams >= 16, vxm_alus >= 4
; expect halt

        .unchecked
        { mov r1, 7 }
        { vmov.i32 se0, r1, delay=15 !V0  ||  vmov.i32 se4, r1, delay=14 !V1  ||  vmov.i32 se8, r1 !V2 }
        { nop 1 }
        { write.4 me0[0], se8 }
        { nop 13 }
        { write.4 me0[1], se4 }         ; 1 + 15 + 1
        { write.4 me0[2], se0 }
        { ldl.4 r2, me0[0], 0 }
        { ldl.4 r3, me0[1], 0 }
        { ldl.4 r4, me0[2], 0 }
        { nop 3 }
        { assert r2, 7  ||  assert r3, 7  ||  assert r4, 7 }
        { halt }
