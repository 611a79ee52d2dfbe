; int8 GEMM 2560 x 1280 x 640, requantised to int8: 98.6 % of the peak of the machine.
;
; Computes   y = i8(scale * (x w)), as gemm_i8.s does, for any number of blocks of rows and of tiles of K.
; Teaches    blocking. A plane has 1024 accumulator rows, so its 1280 rows of x are two blocks of 640, and the
;            tiles of K pass once for each block. Everything that repeats is one op: x is read by a burst of
;            two levels (the rows of a block, the tiles), the planes multiply in one burst of 5120 vectors,
;            and beneath it 8 tiles are loaded and installed, one every 640 cycles.
; Schedule   as in gemm_i8.s, once a step; step s is tile s % 4 of K on block s / 4:
;
;                       0        weights of step 0 leave their slices; those of a later one in 640 (s-1) + 48
;                  27 + 640 s    installed; vectors 28 + 640 s .. 667 + 640 s meet them
;                  52 + 640 s    sums: tile 0 sets the accumulator rows, 1 and 2 are added, 3 is added and
;                  67 + 640 s    emitted, there at the VXM: `vcvts`, written 5 cycles later
;
; Bound      the planes: 2 blocks * 4 tiles * 640 rows are 5120 cycles. What is left of the 100 % is the way
;            there and back, 28 cycles before the first vector and 44 after the last: 28 + 5120 + 44 = 5192.
;            A step of at least 20 rows hides the load of the next tile: here it takes 20 of 640 cycles.
;
; cycles 5192
; use P0.abc 98.6 %
; use P1.abc 98.6 %
; use P2.abc 98.6 %
; use P3.abc 98.6 %
; use P0.lw 3.1 %
; small ROWS=48
; small TILES=3

        .equ ROWS = 640                 ; rows of x in a block, a plane
        .equ BLOCKS = 2
        .equ TILES = 4                  ; of 320 columns of x
        .equ STEPS = BLOCKS * TILES
.if ROWS > 1024 || ROWS < 48 || TILES < 3
        .error "a block is 48 to 1024 rows, and there are at least 3 tiles"
.endif
        .tensor x_top: i8[BLOCKS * ROWS, 320 * TILES] @ me0 layout tiles
        .tensor x_bottom: i8[BLOCKS * ROWS, 320 * TILES] @ me1 layout tiles
        .tensor w_left: i8[320 * TILES, 320] @ mw28..mw43 layout mxm
        .tensor w_right: i8[320 * TILES, 320] @ me28..me43 layout mxm
        .tensor y_top_left: i8[BLOCKS * ROWS, 320] @ me2
        .tensor y_bottom_left: i8[BLOCKS * ROWS, 320] @ me3
        .tensor y_top_right: i8[BLOCKS * ROWS, 320] @ mw2
        .tensor y_bottom_right: i8[BLOCKS * ROWS, 320] @ mw3
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
        @\at            read.4  \in\()0, \slices\()28[\weights + 20 * (\k)], n=20
        @\at + 1        read.4  \in\()4, \slices\()32[\weights + 20 * (\k)], n=20
        @\at + 2        read.4  \in\()8, \slices\()36[\weights + 20 * (\k)], n=20
        @\at + 3        read.4  \in\()12, \slices\()40[\weights + 20 * (\k)], n=20
        @\at + 7        lw.i8   \top, \in\()0, n=20
        @\at + 7        lw.i8   \bottom, \in\()0, n=20
        .endm

; The sums of a block in one plane, from the cycle of its first one on; emitted on the group from `out` on.
        .macro sums at, plane, out
        @\at            acc.set \plane, 0, n=ROWS
        @\at + ROWS     acc.add \plane, 0, n=ROWS, m=TILES-2, e=ROWS
        @\at + ROWS * (TILES - 1) acc.add \plane, 0, \out, n=ROWS
        .endm

; A finished block from `from` at the VXM to its rows of y, in cycle `at`.
        .macro finish at, from, to, place
        @\at            vcvts.i8.i32 \to, \from, r1, n=ROWS
        @\at + 5        write   \place, \to, n=ROWS
        .endm

; What a hemisphere does: planes `top` and `bottom` take streams `in`, answer on streams `out`.
        .macro hemisphere in, out, slices, beyond, weights, top, bottom, y_top, y_bottom
        @14             vmov.i8 \in\()16, sw16, n=STEPS*ROWS
        @14             vmov.i8 \in\()17, sw17, n=STEPS*ROWS
        @28             abc.i8  \top, \in\()16, n=STEPS*ROWS
        @28             abc.i8  \bottom, \in\()17, n=STEPS*ROWS
        .set s = 0
        .rept STEPS
        load    max(0, ROWS * (s - 1) + 48), s % TILES, \in, \slices, \weights, \top, \bottom
        @27 + ROWS * s  iw      \top
        @27 + ROWS * s  iw      \bottom
        .set s = s + 1
        .endr
        .set b = 0
        .rept BLOCKS
        sums    52 + ROWS * TILES * b, \top, \out\()0
        sums    52 + ROWS * TILES * b, \bottom, \out\()4
        finish  67 + ROWS * (TILES * (b + 1) - 1), \out\()0, \out\()18, \beyond\()2[\y_top + ROWS * b]
        finish  67 + ROWS * (TILES * (b + 1) - 1), \out\()4, \out\()19, \beyond\()3[\y_bottom + ROWS * b]
        .set b = b + 1
        .endr
        .endm

        .timeline
        @0              ld      r1, [scale]
        .set b = 0
        .rept BLOCKS
        @11 + ROWS * TILES * b read    sw16, me0[x_top + ROWS * b], n=ROWS, m=TILES, e=ROWS, stride2=BLOCKS*ROWS
        @11 + ROWS * TILES * b read    sw17, me1[x_bottom + ROWS * b], n=ROWS, m=TILES, e=ROWS, stride2=BLOCKS*ROWS
        .set b = b + 1
        .endr
        hemisphere sw, se, mw, me, w_left, 0, 1, y_top_left, y_bottom_left
        hemisphere se, sw, me, mw, w_right, 2, 3, y_top_right, y_bottom_right
        @72 + ROWS * (STEPS - 1) halt
        .endtimeline
        .drain 28 + STEPS * ROWS + 44
