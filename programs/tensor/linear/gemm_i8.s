; int8 GEMM 640 x 640 x 640 on all four planes, requantised to int8: ../gemm_i8.s as values. Products of the same
; weights side by side share the streams that bring them.
; cycles 712
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
        .irp rows, top, bottom
        vload   %x, x_\rows
        .irp columns, left, right
        mmul.i8 %y, %x, w_\columns
        vcvts.i8.i32 %y, %y, r1
        vstore  y_\rows\()_\columns, %y
        .endr
        .endr
