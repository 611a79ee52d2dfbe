; Sum and ReLU, f32[64, 320]: the first kernel to read.
;
; Computes   z = relu(x + y), one f32 rounding; -0 and negatives give +0.
; Teaches    position is latency. A row leaves its slice 2 cycles after the read and moves one position a cycle, so
;            the reads are timed for x and y to meet at the VXM: y is one position farther away and leaves a cycle
;            earlier. Nothing waits on the way; every unit is a step of one pipeline, a row a cycle.
; Schedule   x in quad 0 of the west (position 12), y in quad 1 (11), z in quad 0 of the east (14); the VXM is at 13.
;
;                  0    y leaves its slices in 2, at the VXM in 4
;                  1    x leaves its slices in 3, at the VXM in 4
;                  4    the sum, in v0 in 7
;                  7    relu, leaves in 10
;                 11    z written, one position on; the last row in 74
;
; Bound      one pipeline takes a row a cycle: 64 cycles. The way of a row is 2 cycles in memory, 2 hops, 3 + 3 in
;            ALUs, 1 hop: rows + 11 = 75. A longer vector would take four pipelines, as gelu.s does.
;
; cycles 75
; use V0 85.3 %
; use V1 85.3 %
; use me0.wp 85.3 %

        .equ rows = 64
        .tensor x: f32[rows, 320] @ mw0..mw3
        .tensor y: f32[rows, 320] @ mw4..mw7
        .tensor z: f32[rows, 320] @ me0..me3
        .input x
        .input y
        .output z

        .timeline
        @0              read.4  se4, mw4[y], n=rows
        @1              read.4  se0, mw0[x], n=rows
        @4              vadd.f32 v0, se0, se4, n=rows
        @7              vrelu.f32 se8, v0, n=rows
        @11             write.4 me0[z], se8, n=rows
        @11             halt
        .endtimeline
        .drain rows + 11
