; Sum and ReLU of any number of tiles of 8 rows: ../vector_add_relu.s as a loop. A round begins every 8 cycles, so that
; a row leaves every cycle; what the word `tiles` holds decides when the program runs.
; cycles 87
        .param tiles = 8                ; at most, what the tensors hold
        .input x: f32[64, 320] @ mw0..mw3
        .input y: f32[64, 320] @ mw4..mw7
        .output z: f32[64, 320] @ me0..me3
        ld      r2, [tiles]
        mov     r1, 0
        loop    r2, done
        vload   %a, x, row=r1, n=8
        vload   %b, y, row=r1, n=8
        vadd.f32 %c, %a, %b
        vrelu.f32 %c, %c
        vstore  z, %c, row=r1
        add     r1, r1, 8
done:
