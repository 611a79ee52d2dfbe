; cycles 578 for 1,797 digits: ../mlp.s as values, weights too. One vector of constants goes with all that flow.
        .tensor images: u8[360, 320] @ mw40
        .tensor labels: u8[360, 5] @ me40
        .tensor masks: u8[10, 320] @ mw16 = "../mlp_masks.npy"
        .tensor constants: i32[3, 320] @ mw20..mw23 = "../mlp_constants.npy"
        .tensor firsts: u16[5] @ me42..me43 = 0, 16, 32, 48, 64
        .array scale: f32[1] = "../mlp_scale.npy"
        .input images
        .output labels
        .macro layer number, columns, half, place, made, x
        .tensor w\number\()_\half: i8[64, \columns] @ \place\()0..\place\()15 layout mxm = "../mlp_w\number\()_\half.npy"
        .irp quad, 0, 1, 2, 3
        vload   %w\quad, w\number\()_\half, quad=\quad, n=4, m=5, stride2=0
        vsel.u32 %w\quad, %mask\number, %w\quad, r0  ; what is not for this image is 0
        .endr
        mmul.u8.i8 \made, \x, %w0, %w1, %w2, %w3
        .endm
        .macro half number, place
        layer   1, 320, \number, \place, %h, %x
        vload   %bias, constants, row=\number, n=1
        vadd.i32.w %h, %h, %bias
        vcvts.u8.i32 %h, %h, r1
        layer   2, 80, \number, \place, %y\number, %h
        .endm
        ld      r1, [scale]
        vload   %x, images
        vload   %mask1, masks, n=4, stride=0, m=5, stride2=1
        vload   %mask2, masks, row=5, n=4, stride=0, m=5, stride2=1
        half    0, me
        half    1, mw
        vadd.i32.w %y, %y0, %y1
        vshl.i32 %y, %y, 4
        vload   %keys, constants, row=2, n=1
        vsub.i32.w %y, %keys, %y
        reduce.min.i32 %y, %y, span=16
        vand.i32 %y, %y, 15
        vcvt.u8.i32 %y, %y
        vload   %firsts, firsts
        permute %y, %y, %firsts
        vstore  labels, %y
