; f16 GEMM 640 x 640 x 640 with results in f32: ../gemm_f16.s as values. An f16 product takes both
; planes of a hemisphere and a vector every 2 cycles, and so does all that flows to it.
; cycles 2635
        .input x: f16[640, 640] @ me0..me1 layout tiles
        .input w_left: f16[640, 320] @ mw28..mw43 layout mxm
        .input w_right: f16[640, 320] @ me28..me43 layout mxm
        .output y_left: f32[640, 320] @ mw40..mw43
        .output y_right: f32[640, 320] @ me40..me43
        vload   %x, x
        mmul.f16 %left, %x, w_left
        mmul.f16 %right, %x, w_right
        vstore  y_left, %left
        vstore  y_right, %right
