; Layer normalisation over rows of 320 lanes, f32[64, 320].
;
; Computes   d = x - mean, y = (d * gamma) * rsqrt(mean of d^2 + eps) + beta: first the mean, then the squares of the
;            differences, so that nothing cancels. The steps are one f32 each, correctly rounded: the sums as trees,
;            d and the last product and sum one `vfma` each, the mean of squares and eps one.
; Teaches    keeping the critical path short. Only what needs the second sum comes after it: d * gamma is ready
;            before, the sum needs 4 + 8 + 4 cycles more. The two ways to wait are those of softmax.s (x, 32 cycles) and
;            rmsnorm.s (d * gamma, 55 cycles).
; Schedule   The west; it has the first half of the rows.
;
;                  0    x leaves quad 10 (position 2), at the switch (1) in 3
;                  3    the sum, leaves in 23; x itself turned round, leaves in 7
;                 19    x at the VXM (13), waits
;                 35    the sum at the VXM: d = x - sum / 320
;                 39    d^2, leaves in 42, at the switch in 54; d * gamma, leaves in 43, waits in quad 1
;                 54    the sum of squares, leaves in 74, at the VXM in 86
;                 86    mean + eps
;                 90    rsqrt
;                 98    d * gamma is back: times the root, plus beta; leaves in 102
;                103    written to quad 0; the last row in 134
;
; Bound      for many rows the reductions: two a row, four units, half a cycle a row. For 64 rows the way of a row, 103
;            cycles: 2 to read, 3 x 12 hops between VXM and switch and 2 more, 40 to reduce, 4 + 3 + 4 + 8 + 4 in ALUs.
;            rows + 103 = 135; one unit a switch is enough, the first reduction being over before the second begins.
;            With `-D rows=2000` both are used to 95.1 %.
;
; cycles 135
; use W.rd0 47.4 %
; use E.rd0 47.4 %

        .equ rows = 32                  ; of each hemisphere
        .if rows % 2
        .error "rows must be even"
        .endif
        .equ eps = 1e-5
        .equ bank = 4096                ; rows of a bank
        .tensor x_west: f32[rows, 320] @ mw40..mw43
        .tensor x_east: f32[rows, 320] @ me40..me43
        .tensor y_west: f32[rows, 320] @ mw0..mw3
        .tensor y_east: f32[rows, 320] @ me0..me3
        .tensor wait_west: f32[bank + rows / 2, 320] @ mw4..mw7
        .tensor wait_east: f32[bank + rows / 2, 320] @ me4..me7
        .tensor gamma: f32[320] @ mw8..mw11
        .tensor beta: f32[320] @ me8..me11
        .input x_west
        .input x_east
        .input gamma
        .input beta
        .output y_west
        .output y_east

; A hemisphere: streams `out` flow to its switch, `back` from it; the last four are v registers.
        .macro hemisphere side, switch, slices, out, back, waited, difference, mean, root
        @0              read.4  \out\()0, \slices\()40[x_\side], n=rows
        @3              reduce.add.f32 \switch, \back\()0, \out\()0, n=rows
        @3              shift.up.4 \switch, \back\()4, \out\()0, 0, n=rows
        @19             vmov.f32 \waited, \back\()4, delay=15, n=rows
        @35             vfma.f32 \difference, \back\()0, r1, \waited, n=rows
        @39             vmul.f32 \out\()4, \difference, \difference, n=rows
        @39             vcvts.f32.f32 \out\()8, \difference, v14, n=rows
        @45             write.4 \slices\()4[wait_\side + bank], \out\()8, n=2, stride=-bank, m=rows / 2, e=2, stride2=1
        @54             reduce.add.f32 \switch, \back\()8, \out\()4, n=rows
        @86             vfma.f32 \mean, \back\()8, r2, r3, n=rows
        @90             vrsqrt.f32 \root, \mean, n=rows
        @94             read.4  \back\()12, \slices\()4[wait_\side + bank], n=2, stride=-bank, m=rows / 2, e=2, stride2=1
        @98             vfma.f32 \out\()12, \back\()12, \root, v15, n=rows
        @103            write.4 \slices\()0[y_\side], \out\()12, n=rows
        .endm

        .timeline
        @0              mov     r1, -1.0 / 320
        @0              mov     r2, 1.0 / 320
        @0              mov     r3, eps
        @0              read.4  se12, mw8[gamma]
        @5              vmov.f32 v14, se12
        @0              read.4  sw12, me8[beta]
        @5              vmov.f32 v15, sw12
        hemisphere west, W, mw, sw, se, v0, v1, v2, v3
        hemisphere east, E, me, se, sw, v4, v5, v6, v7
        @103            halt
        .endtimeline
        .drain rows + 103
