; int8 vector times matrix, 1280 x 20480: ../matvec_i8.s as values. Each vector flows once for each tile along a row of
; the matrix, and between two of them a plane loads a tile.
; cycles 1405
        .equ DEEP = 4                   ; tiles down a column
        .equ WIDE = 16                  ; tiles along a row, for each plane
        .tensor x: i8[320 * DEEP] @ me0
        .input x
        vload   %x, x, n=WIDE, stride=0, m=DEEP, stride2=1
        .irp plane, 0, 1, 2, 3
        .input w\plane
        .output y\plane
        mmul.i8 %y, %x, w\plane !P\plane
        vstore  y\plane, %y
        .endr
        .tensor w0: i8[320 * DEEP, 320 * WIDE] @ mw28..mw43 layout mxm
        .tensor w1: i8[320 * DEEP, 320 * WIDE] @ mw12..mw27 layout mxm
        .tensor w2: i8[320 * DEEP, 320 * WIDE] @ me28..me43 layout mxm
        .tensor w3: i8[320 * DEEP, 320 * WIDE] @ me12..me27 layout mxm
        .tensor y0: i32[320 * WIDE] @ mw40..mw43.1
        .tensor y1: i32[320 * WIDE] @ mw36..mw39.1
        .tensor y2: i32[320 * WIDE] @ me40..me43.1
        .tensor y3: i32[320 * WIDE] @ me36..me39.1
