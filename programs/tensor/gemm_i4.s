; int8 activations, int4 weights: GEMM 640 x 640 x 640, requantised to int8: 91.2 % of the peak of the machine.
;
; Computes   y = i8(scale * (x w)) for i8 x and i4 w: exact i32 sums, one rounding to i8 that saturates.
; Teaches    what narrow weights buy. Two rows of i4 weights share a row of bytes, so a tile takes half the
;            memory and half the streams' time: 10 cycles to load in place of 20. The planes multiply i4 weights
;            with i8 activations as fast as i8 weights, so nothing else changes (see gemm_i8.s).
; Schedule   all of the west; the east is its mirror image:
;
;                  0    weights of tile 0 leave quads 7 to 10, one cycle apart, and meet
;                  7    at the planes: `lw`, 10 cycles; installed in 17, an array from 18 on
;                  1    x leaves me0 and me1, at the VXM in 4, sent both ways, at the planes in
;                 18    `abc`, 640 vectors without a gap: rows 0..319 of tile 0, then of tile 1
;                 42    first sums: set accumulator rows 0..319
;                337    tile 1 is installed as vector 319 is sampled; 320 meets it
;                362    sums of tile 1: added to the rows and emitted, at the VXM in
;                377    `vcvts`: to f32, times scale, to i8; leaves in 381
;                382    written; the last row in 701
;
; Bound      the planes: 640 cycles. Before the first vector 18 cycles (10 fewer than with i8 weights), after the
;            last 44: 18 + 640 + 44 = 702. With fewer rows than a tile takes cycles to load, the loads bound:
;            that is below 10 rows a plane, and below 20 with i8.
;
; cycles 702
; use P0.abc 91.2 %
; use P3.abc 91.2 %
; use P0.lw 2.8 %

        .tensor x_top: i8[320, 640] @ me0 layout tiles  ; row 320*k + i: columns 320*k .. of row i
        .tensor x_bottom: i8[320, 640] @ me1 layout tiles
        .tensor w_left: i4[640, 320] @ mw28..mw43 layout mxm  ; row 10*k + i: element i of tile k
        .tensor w_right: i4[640, 320] @ me28..me43 layout mxm
        .tensor y_top_left: i8[320, 320] @ me2
        .tensor y_bottom_left: i8[320, 320] @ me3
        .tensor y_top_right: i8[320, 320] @ mw2
        .tensor y_bottom_right: i8[320, 320] @ mw3
scale:  .f32 0.005
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
        @\at            read.4  \in\()0, \slices\()28[\weights + 10 * \k], n=10
        @\at + 1        read.4  \in\()4, \slices\()32[\weights + 10 * \k], n=10
        @\at + 2        read.4  \in\()8, \slices\()36[\weights + 10 * \k], n=10
        @\at + 3        read.4  \in\()12, \slices\()40[\weights + 10 * \k], n=10
        @\at + 7        lw.i4   \top, \in\()0, n=10
        @\at + 7        lw.i4   \bottom, \in\()0, n=10
        .endm

; What a hemisphere does: planes `top` and `bottom` take streams `in`, answer on streams `out`.
        .macro hemisphere in, out, slices, beyond, weights, top, bottom, y_top, y_bottom
        load    0, 0, \in, \slices, \weights, \top, \bottom
        @4              vmov.i8 \in\()16, sw16, n=640
        @4              vmov.i8 \in\()17, sw17, n=640
        @17             iw      \top
        @17             iw      \bottom
        @18             abc.i8  \top, \in\()16, n=640
        @18             abc.i8  \bottom, \in\()17, n=640
        @42             acc.set \top, 0, n=320
        @42             acc.set \bottom, 0, n=320
        load    50, 1, \in, \slices, \weights, \top, \bottom
        @337            iw      \top
        @337            iw      \bottom
        @362            acc.add \top, 0, \out\()0, n=320
        @362            acc.add \bottom, 0, \out\()4, n=320
        @377            vcvts.i8.i32 \out\()18, \out\()0, r1, n=320
        @377            vcvts.i8.i32 \out\()19, \out\()4, r1, n=320
        @382            write   \beyond\()2[\y_top], \out\()18, n=320
        @382            write   \beyond\()3[\y_bottom], \out\()19, n=320
        .endm

        .timeline
        @0              ld      r1, [scale]
        @1              read    sw16, me0[x_top], n=640
        @1              read    sw17, me1[x_bottom], n=640
        hemisphere sw, se, mw, me, w_left, 0, 1, y_top_left, y_bottom_left
        hemisphere se, sw, me, mw, w_right, 2, 3, y_top_right, y_bottom_right
        @382            halt
        .endtimeline
        .drain 702
