; int8 GEMM of any number of rows with 640 x 640 weights on all four planes, requantised to int8: ../gemm_i8.s as a loop
; over tiles of 64 rows, 32 of each half. A round of four products begins every 64 cycles, when the planes are free; its
; weights come beneath the products of the round before.
; cycles 728
        .param tiles = 10               ; at most, what the tensors hold
        .input x_top: i8[320, 640] @ me0 layout tiles
        .input x_bottom: i8[320, 640] @ me1 layout tiles
        .input w_left: i8[640, 320] @ mw28..mw43 layout mxm
        .input w_right: i8[640, 320] @ me28..me43 layout mxm
        .output y_top_left: i8[320, 320] @ me2
        .output y_bottom_left: i8[320, 320] @ me3
        .output y_top_right: i8[320, 320] @ mw2
        .output y_bottom_right: i8[320, 320] @ mw3
scale:  .f32 0.0003
        .input scale
        ld      r1, [scale]
        ld      r2, [tiles]
        mov     r3, 0
        loop    r2, done
        .irp rows, top, bottom
        vload   %x, x_\rows, row=r3, n=32, m=2, stride2=320
        .irp columns, left, right
        mmul.i8 %y, %x, w_\columns
        vcvts.i8.i32 %y, %y, r1
        vstore  y_\rows\()_\columns, %y, row=r3
        .endr
        .endr
        add     r3, r3, 32
done:
