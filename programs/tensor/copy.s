; Copy at the full bandwidth of the SRAM: every slice reads and writes a row in every cycle, 56,320 bytes.
;
; Computes   y_q = x_q for 22 tensors of 4,096 rows, 115 MB altogether; x_q fills bank 0 of quad q, y_q bank 1 of
;            its neighbour.
; Teaches    both banks and both ports of a slice at once: bank 0 is read while bank 1 is written.
;            Streams are a place each: all pairs of quads use the same eight. What a quad puts on se0..3 takes the
;            place of what its neighbour to the west had sent there, which by then has been written.
; Schedule   Neighbours exchange their rows: the one in the west sends eastward, the one in the east westward.
;            22 quads make 11 pairs; with 11 quads on each side, the pair in the middle has the VXM between.
;
;                  0    all quads read, rows leave in 2
;                  3    one position on they are written; in the middle pair, two hops apart, in 4
;
;            positions  2   3   4   5   6   7   8   9  10  11  12 (13) 14  15  16 ... 23  24
;                       <--->   <--->   <--->   <--->   <--->   <----->   <--->  ...  <--->
;
; Bound      the ports: 88 slices x 2 x 320 bytes a cycle, for 4,096 cycles; 2 cycles in memory and 2 hops around
;            them: rows + 4 = 4,100, so 56,265 bytes a cycle, 99.9 %.
;
; cycles 4100
; use mw0.rp 99.9 %
; use mw0.wp 99.9 %
; use mw43.rp 99.9 %
; use me0.wp 99.9 %
; use me43.wp 99.9 %

        .equ rows = 4096

; A quad of slices and the neighbour that takes its rows: from `first` to `last`, from `to` to `to_last`.
        .macro copy first, last, to, to_last, stream, hops
        .tensor x_\first: u32[rows, 320] @ \first..\last.0
        .tensor y_\first: u32[rows, 320] @ \to..\to_last.1
        .input x_\first
        .output y_\first
        @0              read.4  \stream, \first[x_\first], n=rows
        @2 + \hops      write.4 \to[y_\first], \stream, n=rows
        .endm

; Two neighbours exchange their rows; the first is in the west of the second.
        .macro pair west, west_last, east, east_last, hops=1
        copy    \west, \west_last, \east, \east_last, se0, \hops
        copy    \east, \east_last, \west, \west_last, sw0, \hops
        .endm

        .timeline
        pair    mw40, mw43, mw36, mw39
        pair    mw32, mw35, mw28, mw31
        pair    mw24, mw27, mw20, mw23
        pair    mw16, mw19, mw12, mw15
        pair    mw8, mw11, mw4, mw7
        pair    mw0, mw3, me0, me3, hops=2
        pair    me4, me7, me8, me11
        pair    me12, me15, me16, me19
        pair    me20, me23, me24, me27
        pair    me28, me31, me32, me35
        pair    me36, me39, me40, me43
        @4              halt
        .endtimeline
        .drain rows + 4
