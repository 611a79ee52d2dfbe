; GELU in its sigmoid form, f32[1024, 320]: four rows a cycle, all 16 ALUs busy.
;
; Computes   y = x * sigmoid(1.702 x): two products and a sigmoid, each one f32, correctly rounded.
; Teaches    paths that meet again. x takes part twice, 11 cycles apart: `vmov delay=10` is the second, longer path.
;            Both banks of a slice at once: x is read from bank 0 while y is written to bank 1.
; Schedule   Four quads of slices, two on each side of the VXM (13), have a quarter of the rows each. The west:
;
;                  0    x leaves quad 1 (position 11), from quad 0 (12) a cycle later; both at the VXM in 4
;                  4    1.702 x; x waits
;                  7    sigmoid
;                 15    x is back: the product, leaves in 18
;                 19    written to quad 0, in 20 to quad 1; the last row in 275
;
; Bound      the ALUs: four ops a row, 16 of them, so a quarter of a cycle a row: 256 cycles. The way in is 4 cycles,
;            3 + 8 + 3 in ALUs and 2 hops the way out: rows + 20 = 276.
;
; cycles 276
; use V0 92.8 %
; use V15 92.8 %

        .equ rows = 256                 ; of each quad
        .tensor x_west: f32[rows, 320] @ mw0..mw3.0
        .tensor x_far_west: f32[rows, 320] @ mw4..mw7.0
        .tensor x_east: f32[rows, 320] @ me0..me3.0
        .tensor x_far_east: f32[rows, 320] @ me4..me7.0
        .tensor y_west: f32[rows, 320] @ mw0..mw3.1
        .tensor y_far_west: f32[rows, 320] @ mw4..mw7.1
        .tensor y_east: f32[rows, 320] @ me0..me3.1
        .tensor y_far_east: f32[rows, 320] @ me4..me7.1
        .irp place, west, far_west, east, far_east
        .input x_\place
        .output y_\place
        .endr

; A quad, `hops` from the VXM: `in` and `out` are groups of streams, the last three v registers.
        .macro quad hops, slice, in, out, x, y, scaled, gate, waited
        @2 - \hops      read.4  \in, \slice[\x], n=rows
        @4              vmul.f32 \scaled, \in, 1.702, n=rows
        @4              vmov.f32 \waited, \in, delay=10, n=rows
        @7              vsigmoid.f32 \gate, \scaled, n=rows
        @15             vmul.f32 \out, \waited, \gate, n=rows
        @18 + \hops     write.4 \slice[\y], \out, n=rows
        .endm

        .timeline
        quad    1, mw0, se0, sw0, x_west, y_west, v0, v1, v2
        quad    2, mw4, se4, sw4, x_far_west, y_far_west, v3, v4, v5
        quad    1, me0, sw8, se8, x_east, y_east, v6, v7, v8
        quad    2, me4, sw12, se12, x_far_east, y_far_east, v9, v10, v11
        @20             halt
        .endtimeline
        .drain rows + 20
