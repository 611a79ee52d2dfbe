; A comparison of floats lands in the next cycle as well.
; rules M-5.2 M-4.7
; expect halt cycle 5

        .unchecked
        { cmp.f32 r1, 1.0  ||  jlt wrong }
        { jlt right }
wrong:  { trap 1 }
right:  { halt }
