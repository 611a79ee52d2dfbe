; The end of fetching counts as well, and registers in flight.
; rules M-12.6 M-4.10
; expect halt cycle 19

        .unchecked
        { vdiv.f32 v0, r1, 1.0, n=5 }
        { div r1, r2, 5 }
        { halt }
