; 3 x 3 convolution of an image of 64 x 32 pixels, 320 channels to 640: ../conv3x3.s as values. The pixels that a tap
; meets are a load of two levels, columns and rows of the image; the taps are two more.
; cycles 9291
        .equ ROWS = 32                  ; of y, in each half of the image
        .equ COLUMNS = 32
        .equ WIDTH = COLUMNS + 2        ; of x, with its border
scale:  .f32 0.0001
        .input scale
        ld      r1, [scale]
        .irp columns, left, right
        .input w_\columns, bias_\columns
        vload   %bias_\columns, bias_\columns, n=ROWS * COLUMNS, stride=0
        .endr
        .irp half, top, bottom
        .input x_\half
        vload   %x, x_\half, n=COLUMNS, m=ROWS, stride2=WIDTH, m3=3, stride3=1, m4=3, stride4=WIDTH
        .irp columns, left, right
        .output y_\half\()_\columns
        mmul.u8 %y, %x, w_\columns
        vadd.i32.w %y, %y, %bias_\columns
        vcvts.u8.i32 %y, %y, r1
        vstore  y_\half\()_\columns, %y
        .endr
        .endr
        .tensor x_top: u8[ROWS + 2, WIDTH, 320] @ me0
        .tensor x_bottom: u8[ROWS + 2, WIDTH, 320] @ me1
        .tensor w_left: i8[9 * 320, 320] @ mw28..mw43 layout mxm
        .tensor w_right: i8[9 * 320, 320] @ me28..me43 layout mxm
        .tensor bias_left: i32[320] @ mw4..mw7
        .tensor bias_right: i32[320] @ me4..me7
        .tensor y_top_left: u8[ROWS, COLUMNS, 320] @ me2
        .tensor y_bottom_left: u8[ROWS, COLUMNS, 320] @ me3
        .tensor y_top_right: u8[ROWS, COLUMNS, 320] @ mw2
        .tensor y_bottom_right: u8[ROWS, COLUMNS, 320] @ mw3
