; With `uninit=poison` as bytes 0xDB.
; rules M-15.5 M-7.10
; needs vxm_alus >= 4
; run uninit=poison
; expect halt

        .unchecked
        { vmov.i32 se0, v3 !V1 }
        { nop 1 }
        { write.4 me0[0], se0 }
        { ldl.4 r1, me0[0], 0 }
        { nop 3 }
        { assert r1, 0xDBDBDBDB  ||  halt }
