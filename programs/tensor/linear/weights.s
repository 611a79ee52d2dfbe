; 409,600 weights into the four planes: ../weights.s as statements, a matrix each.
; cycles 32
        .irp plane, 0, 1, 2, 3
        .input w\plane
        minstall.i8 w\plane !P\plane
        .endr
        .tensor w0: i8[320, 320] @ mw28..mw43 layout mxm
        .tensor w1: i8[320, 320] @ mw12..mw27 layout mxm
        .tensor w2: i8[320, 320] @ me28..me43 layout mxm
        .tensor w3: i8[320, 320] @ me12..me27 layout mxm
