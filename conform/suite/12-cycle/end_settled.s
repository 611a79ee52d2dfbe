; A run is over when all elements of tensor ops have landed: 8 cycles after the last of a quotient.
; rules M-12.6
; expect halt cycle 12

        .unchecked
        { vdiv.f32 v0, r1, 1.0, n=5 }
        { halt }
