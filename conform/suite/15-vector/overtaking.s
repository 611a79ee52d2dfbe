; Results that land in different cycles do not clash: a quick one may overtake a slow one, which lands later.
; rules M-15.6 M-15.3 M-15.7
; needs vxm_alus >= 4
; expect halt

        .unchecked
        { vdiv.f32 v0, r1, 1.0 }        ; lands in 8
        { vmov.i32 v0, 5 }              ; lands in 2
        { nop 5 }
        { vmov.i32 se0, v0 !V1 }        ; 7
        { vmov.i32 se0, v0 !V1 }        ; 8
        { write.4 me0[0], se0, n=2 }
        { nop 1 }
        { ldl.4 r1, me0[0], 0 }
        { ldl.4 r2, me0[1], 0 }
        { nop 3 }
        { assert r1, 5  ||  assert r2, 0  ||  halt }
