; int8 GEMM 640 x 640 x 640 on all four planes, requantised to int8: ../gemm_i8.s as values. Each product loads its own
; weights, so those of the bottom rows come 20 cycles after those of the top.
; cycles 736
        .tensor x_top: i8[320, 640] @ me0 layout tiles
        .tensor x_bottom: i8[320, 640] @ me1 layout tiles
        .tensor w_left: i8[640, 320] @ mw28..mw43 layout mxm
        .tensor w_right: i8[640, 320] @ me28..me43 layout mxm
        .tensor y_top_left: i8[320, 320] @ me2
        .tensor y_bottom_left: i8[320, 320] @ me3
        .tensor y_top_right: i8[320, 320] @ mw2
        .tensor y_bottom_right: i8[320, 320] @ mw3
scale:  .f32 0.0003
        .irp name, x_top, x_bottom, w_left, w_right, scale
        .input \name
        .endr
        ld      r1, [scale]
        .irp rows, top, bottom
        vload   %x, x_\rows
        .irp columns, left, right
        .output y_\rows\()_\columns
        mmul.i8 %y, %x, w_\columns
        vcvts.i8.i32 %y, %y, r1
        vstore  y_\rows\()_\columns, %y
        .endr
        .endr
