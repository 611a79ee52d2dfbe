; With `uninit=zero` it reads as 0.
; rules M-15.5 M-7.10
; needs vxm_alus >= 4
; run uninit=zero
; expect halt

        .unchecked
        { vadd.i32.w se0, v3, 5 !V1 }
        { nop 3 }
        { write.4 me0[0], se0 }
        { ldl.4 r1, me0[0], 0 }
        { nop 3 }
        { assert r1, 5  ||  halt }
