; RMS normalisation over rows of 320 lanes, f32[960, 320]: three rows a cycle.
;
; Computes   y = (x * gamma) * rsqrt(mean of x^2 + eps). The steps are one f32 each, correctly rounded: the products, the
;            sum as a tree, the mean and eps as one `vfma`.
; Teaches    a quad of slices as a delay line. x * gamma must wait for 55 cycles: it is written and read again, rows
;            by turns in bank 1 and bank 0, so that a write and a read never meet in one bank. That takes an odd
;            number of cycles between write and read, and `vcvts`, a product in 4 cycles instead of 3, makes it odd.
;            Values that stay: gamma is moved to a v register once, and every row finds it there.
; Schedule   Three pipelines, two in the west, one in the east; here the first:
;
;                  1    x leaves quad 0 (position 12), at the VXM (13) in 4; gamma came just before
;                  4    x^2, leaves in 7, at the switch (1) in 19; x * gamma, leaves in 8
;                 11    x * gamma at quad 2 (10), written
;                 19    the sum, leaves in 39, at the VXM in 51
;                 51    mean + eps
;                 55    rsqrt
;                 58    x * gamma leaves quad 2 in 60
;                 63    and meets the root: product, leaves in 66
;                 67    written to quad 0; of the second pipeline to quad 1 in 68, the last row in 387
;
; Bound      the ALUs: five ops a row, 16 of them, so 3.2 rows a cycle; a whole number of pipelines makes it 3. A row
;            is under way for 68 cycles, from the read of quad 1 to the write there: rows + 68 = 388.
;
; cycles 388
; use V1 82.5 %
; use W.rd0 82.5 %
; use E.rd0 82.5 %
; small rows=120 on the golden model

        .equ rows = 320                 ; of each pipeline
        .if rows % 2
        .error "rows must be even"
        .endif
        .equ eps = 1e-5
        .equ bank = 4096                ; rows of a bank
        .tensor x_0: f32[rows, 320] @ mw0..mw3.0
        .tensor x_1: f32[rows, 320] @ mw4..mw7.0
        .tensor x_2: f32[rows, 320] @ me0..me3.0
        .tensor y_0: f32[rows, 320] @ mw0..mw3.1
        .tensor y_1: f32[rows, 320] @ mw4..mw7.1
        .tensor y_2: f32[rows, 320] @ me0..me3.1
        .tensor wait_0: f32[bank + rows / 2, 320] @ mw8..mw11  ; in both banks
        .tensor wait_1: f32[bank + rows / 2, 320] @ mw12..mw15
        .tensor wait_2: f32[bank + rows / 2, 320] @ me8..me11
        .tensor gamma: f32[320] @ mw0..mw3.1
        .irp pipeline, 0, 1, 2
        .input x_\pipeline
        .output y_\pipeline
        .endr
        .input gamma

; A pipeline: x and y are in `slice`, `hops` from the VXM, what waits is in `quad`, `far` from it. It takes groups p, q
; and r of the streams `in` and `out`, and v registers `mean` and `root`.
        .macro pipeline number, switch, slice, hops, quad, far, in, out, p, q, r, mean, root
        @2 - \hops      read.4  \in\p, \slice[x_\number], n=rows
        @4              vmul.f32 \out\p, \in\p, \in\p, n=rows
        @4              vcvts.f32.f32 \out\q, \in\p, v0, n=rows
        @8 + \far       write.4 \quad[wait_\number + bank], \out\q, n=2, stride=-bank, m=rows / 2, e=2, stride2=1
        @19             reduce.add.f32 \switch, \in\q, \out\p, n=rows
        @51             vfma.f32 \mean, \in\q, r1, r2, n=rows
        @55             vrsqrt.f32 \root, \mean, n=rows
        @61 - \far      read.4  \in\r, \quad[wait_\number + bank], n=2, stride=-bank, m=rows / 2, e=2, stride2=1
        @63             vmul.f32 \out\r, \in\r, \root, n=rows
        @66 + \hops     write.4 \slice[y_\number], \out\r, n=rows
        .endm

        .timeline
        @0              mov     r1, 1.0 / 320
        @0              mov     r2, eps
        @0              read.4  se28, mw0[gamma]
        @3              vmov.f32 v0, se28
        pipeline 0, W, mw0, 1, mw8, 3, se, sw, 0, 4, 8, v1, v2
        pipeline 1, W, mw4, 2, mw12, 4, se, sw, 12, 16, 20, v3, v4
        pipeline 2, E, me0, 1, me8, 3, sw, se, 0, 4, 8, v5, v6
        @68             halt
        .endtimeline
        .drain rows + 68
