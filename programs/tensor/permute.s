; Lanes in another order, f32[512, 320]: two rows a cycle.
;
; Computes   y[i, l] = x[i, order[l]], and 0 where order[l] is 0xFFFF: reversed, rotated, spread out, thinned out, whatever
;            the map says. Each hemisphere has its half of the rows and a map of its own.
; Teaches    a map is data: a row of u16 that comes on two streams like any other and stays in a map register until
;            another takes its place. A switch stands at the end of the line: what it takes on westward streams it
;            gives back on eastward ones, so a quad next to it reads and writes in the same cycle, in two banks.
; Schedule   quad 10 of the west (position 2) beside the switch (1); the east is its mirror image:
;
;                  0    the map leaves in 2, at the switch in 3: `lmap`, a map from 4 on
;                  1    x leaves bank 0 in 3, at the switch in
;                  4    `permute`, all four bytes of a lane alike; leaves in 8
;                  9    written to bank 1; the last row in 264
;
; Bound      the permuters: one in each hemisphere, a row of four streams a cycle: 256 cycles. Around them 2 cycles for
;            the map, 1 to load it, 4 to permute, 2 hops: rows + 9 = 265.
;
; cycles 265
; use W.pm 96.6 %
; use E.pm 96.6 %

        .equ rows = 256                 ; of each hemisphere
        .irp side, w, e
        .tensor order_\side: u16[320] @ m\side\()40..m\side\()41.1
        .tensor x_\side: f32[rows, 320] @ m\side\()40..m\side\()43.0
        .tensor y_\side: f32[rows, 320] @ m\side\()40..m\side\()43.1
        .input order_\side
        .input x_\side
        .output y_\side
        .endr

        .macro hemisphere side, switch, in, out
        @0              read.2  \in\()4, m\side\()40[order_\side]
        @1              read.4  \in\()0, m\side\()40[x_\side], n=rows
        @3              lmap    \switch, 0, \in\()4
        @4              permute.4 \switch, \out\()0, \in\()0, 0, n=rows
        @9              write.4 m\side\()40[y_\side], \out\()0, n=rows
        .endm

        .timeline
        hemisphere w, W, sw, se
        hemisphere e, E, se, sw
        @9              halt
        .endtimeline
        .drain rows + 9
