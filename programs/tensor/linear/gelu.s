; GELU in its sigmoid form, f32[1024, 320]: ../gelu.s as values. x waits 11 cycles for its sigmoid, unsaid.
; cycles 276
        .macro quad name, first, last
        .input x_\name: f32[256, 320] @ \first..\last.0
        .output y_\name: f32[256, 320] @ \first..\last.1
        vload   %x, x_\name
        vmul.f32 %gate, %x, 1.702
        vsigmoid.f32 %gate, %gate
        vmul.f32 %y, %x, %gate
        vstore  y_\name, %y
        .endm
        quad    west, mw0, mw3
        quad    far_west, mw4, mw7
        quad    east, me0, me3
        quad    far_east, me4, me7
