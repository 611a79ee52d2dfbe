; After its last element a unit is free; results still on their way do not hold it.
; rules M-13.4 M-13.7
; expect halt cycle 15

        .unchecked
        { vdiv.f32 v0, r1, 1.0, n=3, d=2 }
        { nop 4 }
        { vdiv.f32 v0, r1, 1.0 }
        { vdiv.f32 v0, r1, 1.0 }
        { vdiv.f32 v0, r1, 1.0, n=1 }
        { halt }
