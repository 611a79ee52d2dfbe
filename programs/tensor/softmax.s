; Softmax over rows of 320 lanes, f32[1024, 320]: 0.6 cycles a row.
;
; Computes   y = exp(x - max) / sum of exp(x - max), each row by itself; every step is one f32, correctly rounded.
; Teaches    streams as memory. A row leaves its slices once and comes back once, and nothing is stored between. What
;            must wait for its maximum or its sum takes a longer way: a switch turns it round (`shift` by 0 lanes, 16
;            cycles less than a reduction), and `vmov delay=15` keeps it for the other 16.
;            Both hemispheres do the same, mirrored; a value that has passed the VXM is replaced there by the next.
; Schedule   The west; it has the first half of the rows.
;
;                  0    x leaves quad 10 (position 2), at the switch (1) in 3
;                  3    largest lane on every lane, leaves in 23; x itself turned round, leaves in 7
;                 19    x at the VXM (13), waits
;                 35    the maximum at the VXM, x ready: difference
;                 38    exp; leaves in 46, at the switch in 58
;                 58    the sum, leaves in 78; exp turned round, leaves in 62
;                 74    exp at the VXM, waits
;                 90    the sum at the VXM, exp ready: quotient; leaves in 98
;                 99    written to quad 0 (12); the last row in 610
;
; Bound      the reductions: a row takes two, a machine has four units for them, so half a cycle a row: 512 cycles.
;            A row is under way for 99 cycles: 2 to read, 3 x 12 hops between VXM and switch and 2 more, 40 to reduce,
;            3 + 8 + 8 in ALUs. rows + 99 = 611; ten times as many rows would use the units to 98 %.
;
; cycles 611
; use W.rd0 83.8 %
; use W.rd1 83.8 %
; use E.rd0 83.8 %
; use E.rd1 83.8 %
; small rows=128 on the golden model

        .equ rows = 512                 ; of each hemisphere
        .tensor x_west: f32[rows, 320] @ mw40..mw43
        .tensor x_east: f32[rows, 320] @ me40..me43
        .tensor y_west: f32[rows, 320] @ mw0..mw3
        .tensor y_east: f32[rows, 320] @ me0..me3
        .input x_west
        .input x_east
        .output y_west
        .output y_east

; A hemisphere: streams `out` flow to its switch, `back` from it; the last three are v registers.
        .macro hemisphere switch, slices, out, back, x, y, waited, shifted, power
        @0              read.4  \out\()0, \slices\()40[\x], n=rows
        @3              reduce.max.f32 \switch, \back\()0, \out\()0, n=rows
        @3              shift.up.4 \switch, \back\()4, \out\()0, 0, n=rows
        @19             vmov.f32 \waited, \back\()4, delay=15, n=rows
        @35             vsub.f32 \shifted, \waited, \back\()0, n=rows
        @38             vexp.f32 \out\()4, \shifted, n=rows
        @58             reduce.add.f32 \switch, \back\()8, \out\()4, n=rows
        @58             shift.up.4 \switch, \back\()12, \out\()4, 0, n=rows
        @74             vmov.f32 \power, \back\()12, delay=15, n=rows
        @90             vdiv.f32 \out\()8, \power, \back\()8, n=rows
        @99             write.4 \slices\()0[\y], \out\()8, n=rows
        .endm

        .timeline
        hemisphere W, mw, sw, se, x_west, y_west, v0, v1, v2
        hemisphere E, me, se, sw, x_east, y_east, v3, v4, v5
        @99             halt
        .endtimeline
        .drain rows + 99
