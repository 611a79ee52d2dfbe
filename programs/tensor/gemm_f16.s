; f16 GEMM 640 x 640 x 640 with results in f32: 97.2 % of the peak of the machine.
;
; Computes   y = x w for f16, in f32: a dot product over 320 columns of x is exact and rounded once, and the two
;            of an element are added in f32.
; Teaches    planes in pairs: an f16 weight is a byte in each plane of a hemisphere, the even plane names both. A
;            vector takes two streams and two cycles, so bursts have d=2; a tile takes 40 cycles to load.
;            Results that need no vector op never leave their hemisphere: they are written two hops away.
; Schedule   The west has the left half of the columns of w and y, the east the right half. All of the west; the
;            east is its mirror image.
;
;                  0    weights of tile 0 leave quads 7 to 10, one cycle apart, and meet
;                  7    at the planes: `lw`, 40 cycles; installed in 47, an array from 48 on
;                 31    x leaves me0 and me1, a vector every 2 cycles; at the VXM in 34, sent both ways, there in
;                 48    `abc`, 1280 vectors: rows 0..639 of tile 0, then of tile 1
;                 72    first sums: set accumulator rows 0..639
;               1327    tile 1 is installed; the vector of 1328 meets it
;               1352    sums of tile 1: added and emitted, at quad 10 in
;               1356    written; the last row in 2634
;
; Bound      the planes: 2 pairs multiply 320 x 320 every 2 cycles, 2 * 640 * 2 = 2560 cycles.
;            Before the first vector 48: 2 + 5 hops, 40 to load, 1 to install. After the last, which issues in
;            48 + 2 * 1279: 24 product, 2 emit, 2 hops, 1 write. 48 + 2558 + 29 = 2635.
;
; cycles 2635
; use P0.abc 97.2 %
; use P1.abc 97.2 %
; use P2.abc 97.2 %
; use P3.abc 97.2 %
; small ROWS=24

        .equ ROWS = 640
.if ROWS > 1024 || ROWS < 24
        .error "ROWS is 24 (a tile loads beneath them) to 1024 (accumulator rows)"
.endif
        .tensor x: f16[ROWS, 640] @ me0..me1 layout tiles  ; row ROWS*k + i: columns 320*k .. of row i
        .tensor w_left: f16[640, 320] @ mw28..mw43 layout mxm  ; row 40*k + i: element i of tile k
        .tensor w_right: f16[640, 320] @ me28..me43 layout mxm
        .tensor y_left: f32[ROWS, 320] @ mw40..mw43
        .tensor y_right: f32[ROWS, 320] @ me40..me43
        .input x
        .input w_left
        .input w_right
        .output y_left
        .output y_right

; Tile k of the weights of a hemisphere into the buffers of its planes, 7 cycles after `at`.
        .macro load at, k, in, slices, weights, plane
        @\at            read.2  \in\()0, \slices\()28[\weights + 40 * \k], n=40
        @\at            read.2  \in\()2, \slices\()30[\weights + 40 * \k], n=40
        @\at + 1        read.2  \in\()4, \slices\()32[\weights + 40 * \k], n=40
        @\at + 1        read.2  \in\()6, \slices\()34[\weights + 40 * \k], n=40
        @\at + 2        read.2  \in\()8, \slices\()36[\weights + 40 * \k], n=40
        @\at + 2        read.2  \in\()10, \slices\()38[\weights + 40 * \k], n=40
        @\at + 3        read.2  \in\()12, \slices\()40[\weights + 40 * \k], n=40
        @\at + 3        read.2  \in\()14, \slices\()42[\weights + 40 * \k], n=40
        @\at + 7        lw.f16  \plane, \in\()0, n=40
        .endm

; What a hemisphere does: its planes take streams `in`, answer on streams `out`.
        .macro hemisphere in, out, slices, weights, plane, y
        load    0, 0, \in, \slices, \weights, \plane
        @34             vmov.f16 \in\()16, sw16, n=2*ROWS, d=2
        @47             iw      \plane
        @48             abc.f16 \plane, \in\()16, n=2*ROWS
        @72             acc.set \plane, 0, n=ROWS, d=2
        load    41, 1, \in, \slices, \weights, \plane
        @47 + 2 * ROWS  iw      \plane
        @72 + 2 * ROWS  acc.add \plane, 0, \out\()0, n=ROWS, d=2
        @76 + 2 * ROWS  write.4 \slices\()40[\y], \out\()0, n=ROWS, d=2
        .endm

        .timeline
        @31             read.2  sw16, me0[x], n=2*ROWS, d=2
        hemisphere sw, se, mw, w_left, 0, y_left
        hemisphere se, sw, me, w_right, 2, y_right
        @76 + 2 * ROWS  halt
        .endtimeline
        .drain 48 + 4 * ROWS - 2 + 29
