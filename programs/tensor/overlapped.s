; Three int8 products of 128 x 320 by 320 x 320, each requantised by a scale of its own: one kernel, included thrice.
;
; Computes   y[k] = i8(scales[k] * (x[k] w[k])) for k = 0, 1, 2: i8 products, exact i32 sums, one rounding to i8.
; Teaches    timelines can be moved in time: `.overlap max` begins a kernel as early as nothing clashes and nothing
;            comes out of order, and `lpu check` says what stands in the way of one cycle more.
; Schedule   The kernel alone (parts/product.s): weights in 0..27, vectors at the plane in 28..155, results written
;            in 72..199, so 200 cycles. Its plane works for 128 of them; the 28 before and the 44 after are latency.
;            A kernel may begin 128 cycles after the one before: its `iw` then installs weights in the very cycle of
;            the last vector of the one before. It loads them, and r1, while that one still multiplies: its buffer is
;            free from 27 on, r1 from 67 on. So each of the two overlaps is 200 - 128 = 72 cycles.
;
; Bound      the plane: 3 * 128 vectors. 28 + 3 * 128 + 44 = 456 cycles; one after the other, 3 * 200 = 600.
;
; cycles 456
; use P0.abc 84.2 %

        .tensor x: i8[384, 320] @ me0
        .tensor w: i8[960, 320] @ mw28..mw43 layout mxm
        .tensor y: i8[384, 320] @ me1
        .array scales: f32[3]
        .input x
        .input w
        .input scales
        .output y

        .set tile = 0
        .include "parts/product.s"
        .overlap max
        .set tile = 1
        .include "parts/product.s"
        .overlap max
        .set tile = 2
        .include "parts/product.s"
        .drain 456
