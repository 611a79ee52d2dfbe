; Nor before the last result of the tensor face has landed.
; rules M-12.6
; run until=11
; expect running cycle 11

        .unchecked
        { vdiv.f32 v0, r1, 1.0, n=5 }
        { halt }
