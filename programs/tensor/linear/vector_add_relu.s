; Sum and ReLU, f32[64, 320]: ../vector_add_relu.s as values; the same schedule, found by the assembler.
; cycles 75
        .input x: f32[64, 320] @ mw0..mw3
        .input y: f32[64, 320] @ mw4..mw7
        .output z: f32[64, 320] @ me0..me3
        vload   %a, x
        vload   %b, y
        vadd.f32 %c, %a, %b
        vrelu.f32 %c, %c
        vstore  z, %c
