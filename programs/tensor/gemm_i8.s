; int8 GEMM 640 x 640 x 640 on all four planes, requantised to int8: 89.9 % of the peak of the machine.
;
; Computes   y = i8(scale * (x w)): i8 products, exact i32 sums, one rounding to i8 that saturates.
; Teaches    double-buffered weights: a plane goes on multiplying while the next tile lies in its buffer, and
;            changes from one to the other between two vectors (`iw`, `abc`: no bubble).
;            Partial sums stay in the accumulators of the plane: the first tile of K sets them, the second adds
;            and emits. One read of x feeds both hemispheres: two ALUs send on what they sample, one each way.
; Schedule   A plane takes half of the rows of x: 0 and 2 the top, 1 and 3 the bottom. The planes of a hemisphere
;            share weights: the west has the left half of the columns of w and y, the east the right half. A tile
;            is 320 x 320 weights. All of the west; the east is its mirror image.
;
;                  0    weights of tile 0 leave quads 7 to 10, one cycle apart, and meet
;                  7    at the planes: `lw`, 20 cycles; installed in 27, an array from 28 on
;                 11    x leaves me0 and me1, at the VXM in 14, sent both ways, at the planes in
;                 28    `abc`, 640 vectors without a gap: rows 0..319 of tile 0, then of tile 1
;                 52    first sums, 24 cycles later: set accumulator rows 0..319
;                347    tile 1 is installed as vector 319 is sampled; 320 meets it
;                372    sums of tile 1: added to the rows and emitted, at the VXM in
;                387    `vcvts`: to f32, times scale, to i8; leaves in 391
;                392    written; the last row in 711
;
; Bound      the planes: 4 of them multiply 320 x 320 a cycle, 640 cycles for the whole product.
;            Before the first vector 28 cycles: 2 + 5 hops until the weights are there, 20 to load, 1 to install.
;            After the last 44: 24 product, 2 emit, 13 hops, 4 convert, 1 hop. 28 + 640 + 44 = 712.
;
; cycles 712
; use P0.abc 89.9 %
; use P3.abc 89.9 %

        .tensor x_top: i8[320, 640] @ me0 layout tiles  ; row 320*k + i: columns 320*k .. of row i
        .tensor x_bottom: i8[320, 640] @ me1 layout tiles
        .tensor w_left: i8[640, 320] @ mw28..mw43 layout mxm  ; row 20*k + i: element i of tile k
        .tensor w_right: i8[640, 320] @ me28..me43 layout mxm
        .tensor y_top_left: i8[320, 320] @ me2
        .tensor y_bottom_left: i8[320, 320] @ me3
        .tensor y_top_right: i8[320, 320] @ mw2
        .tensor y_bottom_right: i8[320, 320] @ mw3
scale:  .f32 0.0003
        .input x_top
        .input x_bottom
        .input w_left
        .input w_right
        .input scale
        .output y_top_left
        .output y_top_right
        .output y_bottom_left
        .output y_bottom_right

; Tile k of the weights of a hemisphere into the buffers of its planes, 7 cycles after `at`.
        .macro load at, k, in, slices, weights, top, bottom
        @\at            read.4  \in\()0, \slices\()28[\weights + 20 * \k], n=20
        @\at + 1        read.4  \in\()4, \slices\()32[\weights + 20 * \k], n=20
        @\at + 2        read.4  \in\()8, \slices\()36[\weights + 20 * \k], n=20
        @\at + 3        read.4  \in\()12, \slices\()40[\weights + 20 * \k], n=20
        @\at + 7        lw.i8   \top, \in\()0, n=20
        @\at + 7        lw.i8   \bottom, \in\()0, n=20
        .endm

; What a hemisphere does: planes `top` and `bottom` take streams `in`, answer on streams `out`.
        .macro hemisphere in, out, slices, beyond, weights, top, bottom, y_top, y_bottom
        load    0, 0, \in, \slices, \weights, \top, \bottom
        @14             vmov.i8 \in\()16, sw16, n=640
        @14             vmov.i8 \in\()17, sw17, n=640
        @27             iw      \top
        @27             iw      \bottom
        @28             abc.i8  \top, \in\()16, n=640
        @28             abc.i8  \bottom, \in\()17, n=640
        @52             acc.set \top, 0, n=320
        @52             acc.set \bottom, 0, n=320
        load    60, 1, \in, \slices, \weights, \top, \bottom
        @347            iw      \top
        @347            iw      \bottom
        @372            acc.add \top, 0, \out\()0, n=320
        @372            acc.add \bottom, 0, \out\()4, n=320
        @387            vcvts.i8.i32 \out\()18, \out\()0, r1, n=320
        @387            vcvts.i8.i32 \out\()19, \out\()4, r1, n=320
        @392            write   \beyond\()2[\y_top], \out\()18, n=320
        @392            write   \beyond\()3[\y_bottom], \out\()19, n=320
        .endm

        .timeline
        @0              ld      r1, [scale]
        @11             read    sw16, me0[x_top], n=640
        @11             read    sw17, me1[x_bottom], n=640
        hemisphere sw, se, mw, me, w_left, 0, 1, y_top_left, y_bottom_left
        hemisphere se, sw, me, mw, w_right, 2, 3, y_top_right, y_bottom_right
        @392            halt
        .endtimeline
        .drain 712
