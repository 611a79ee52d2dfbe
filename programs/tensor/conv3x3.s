; 3 x 3 convolution of an image of 64 x 32 pixels, 320 channels to 640: 99.2 % of the peak of the machine.
;
; Computes   y = u8(scale * (bias + sum over the taps of x, shifted, times w)): u8 activations, i8 weights, exact i32
;            sums. The rounding to u8 saturates at 0 as well: that is the ReLU.
; Teaches    a convolution without copies. Each of the nine taps is a matrix product, and its activations are the image
;            itself, read from another pixel on: a burst of two levels, the pixels of a row, then the rows. Nothing
;            is unfolded in memory (im2col would take nine times as much).
;            The sums of all pixels stay in accumulators; under way, a tap's weights are loaded behind the last one's.
; Schedule   A pixel is a row of a slice, a lane a channel; the image has a border of one pixel, whatever it holds.
;            Planes 0 and 2 take the top half of it, 1 and 3 the bottom; the west has the left half of the columns
;            of w and y, the east the right half. The west, tap t = 0..8; the east is its mirror image:
;
;                   0         weights of tap 0 leave quads 7 to 10; those of a later one in 1024 (t-1) + 48
;                  11 + 1024 t  pixels of x leave me0 and me1, at the VXM in 14, sent both ways, at the planes in
;                  28 + 1024 t  `abc`, without a gap; the weights are installed one cycle before
;                  52 + 1024 t  sums, 24 cycles later: tap 0 sets the accumulator rows, the others are added
;                8244         tap 8: added and emitted, at the VXM in
;                8259         + bias; 3 cycles later times scale, to u8; leaves in 8266
;                8267         written; the last pixel in 9290
;
; Bound      the planes: 4 of them multiply 320 x 320 a cycle, 9 * 1024 = 9216 cycles for the whole layer.
;            Before the first pixel 28 cycles: 2 + 5 hops until the weights are there, 20 to load, 1 to install.
;            After the last 47: 24 product, 2 emit, 13 hops, 3 + 4 in ALUs, 1 hop. 28 + 9216 + 47 = 9291.
;
; cycles 9291
; use P0.abc 99.2 %
; use P1.abc 99.2 %
; use P2.abc 99.2 %
; use P3.abc 99.2 %
; use P0.lw 1.9 %
; small ROWS=6
; small COLUMNS=8

        .equ ROWS = 32                  ; of y, in each half of the image
        .equ COLUMNS = 32
        .equ PIXELS = ROWS * COLUMNS
        .equ WIDTH = COLUMNS + 2        ; of x, with its border
        .if PIXELS > 1024 || PIXELS < 48
        .error "half of the image is 48 to 1024 pixels: accumulator rows of a plane, cycles to load weights"
        .endif
        .tensor x_top: u8[ROWS + 2, WIDTH, 320] @ me0
        .tensor x_bottom: u8[ROWS + 2, WIDTH, 320] @ me1  ; its first two rows are the last two of x_top
        .tensor w_left: i8[9 * 320, 320] @ mw28..mw43 layout mxm  ; tap by tap
        .tensor w_right: i8[9 * 320, 320] @ me28..me43 layout mxm
        .tensor bias_left: i32[320] @ mw4..mw7
        .tensor bias_right: i32[320] @ me4..me7
        .tensor y_top_left: u8[ROWS, COLUMNS, 320] @ me2
        .tensor y_bottom_left: u8[ROWS, COLUMNS, 320] @ me3
        .tensor y_top_right: u8[ROWS, COLUMNS, 320] @ mw2
        .tensor y_bottom_right: u8[ROWS, COLUMNS, 320] @ mw3
scale:  .f32 0.0001
        .irp half, top, bottom
        .input x_\half
        .endr
        .irp half, left, right
        .input w_\half
        .input bias_\half
        .output y_top_\half
        .output y_bottom_\half
        .endr
        .input scale

; The weights of tap t of a hemisphere into the buffers of its planes, 7 cycles after `at`.
        .macro load at, t, in, slices, weights, top, bottom
        @\at            read.4  \in\()0, \slices\()28[\weights + 20 * \t], n=20
        @\at + 1        read.4  \in\()4, \slices\()32[\weights + 20 * \t], n=20
        @\at + 2        read.4  \in\()8, \slices\()36[\weights + 20 * \t], n=20
        @\at + 3        read.4  \in\()12, \slices\()40[\weights + 20 * \t], n=20
        @\at + 7        lw.i8   \top, \in\()0, n=20
        @\at + 7        lw.i8   \bottom, \in\()0, n=20
        .endm

; The pixels that a tap meets: from `place` on, which is the first of them.
        .macro pixels at, out, place
        @\at            read    \out, \place, n=COLUMNS, m=ROWS, e=COLUMNS, stride2=WIDTH
        .endm

; All a plane does: sums of the taps in its accumulators, then bias, scale and ReLU on their way from `out` to y.
        .macro plane number, in, out, bias, sums, to, y
        @28             abc.u8  \number, \in, n=9*PIXELS
        @52             acc.set \number, 0, n=PIXELS
        @52 + PIXELS    acc.add \number, 0, n=PIXELS, m=7, e=PIXELS
        @52 + 8 * PIXELS acc.add \number, 0, \out, n=PIXELS
        @67 + 8 * PIXELS vadd.i32.w \sums, \out, \bias, n=PIXELS
        @70 + 8 * PIXELS vcvts.u8.i32 \to, \sums, r1, n=PIXELS
        @75 + 8 * PIXELS write   \y, \to, n=PIXELS
        .endm

; What a hemisphere does: its planes `top` and `bottom` take streams `in`, answer on streams `out`.
        .macro hemisphere in, out, slices, beyond, half, top, bottom, bias, sums, others
        @9              read.4  \out\()28, \slices\()4[bias_\half]
        @13             vmov.i32 \bias, \out\()28
        @14             vmov.u8 \in\()16, sw16, n=9*PIXELS
        @14             vmov.u8 \in\()17, sw17, n=9*PIXELS
        .set t = 0
        .rept 9
        load    max(0, PIXELS * (t - 1) + 48), t, \in, \slices, w_\half, \top, \bottom
        @27 + PIXELS * t iw      \top
        @27 + PIXELS * t iw      \bottom
        .set t = t + 1
        .endr
        plane   \top, \in\()16, \out\()0, \bias, \sums, \out\()18, \beyond\()2[y_top_\half]
        plane   \bottom, \in\()17, \out\()4, \bias, \others, \out\()19, \beyond\()3[y_bottom_\half]
        .endm

        .timeline
        @0              ld      r1, [scale]
        .set t = 0
        .rept 9
        pixels  11 + PIXELS * t, sw16, me0[x_top + t / 3 * WIDTH + t % 3]
        pixels  11 + PIXELS * t, sw17, me1[x_bottom + t / 3 * WIDTH + t % 3]
        .set t = t + 1
        .endr
        hemisphere sw, se, mw, me, left, 0, 1, v0, v1, v2
        hemisphere se, sw, me, mw, right, 2, 3, v3, v4, v5
        @75 + 8 * PIXELS halt
        .endtimeline
        .drain 28 + 9 * PIXELS + 47
