; 409,600 weights into the four planes: 32 cycles from the first read.
;
; Computes   nothing; afterwards every plane holds a tile of 320 x 320 i8 weights as its array.
; Teaches    how weights get into a plane: sixteen streams bring sixteen rows a cycle, 20 cycles fill the buffer,
;            `iw` makes it the array. A hemisphere has 32 streams toward its planes: enough for both at once.
; Schedule   the west; the east is its mirror image. Tiles lie in the 32 slices nearest to the planes, and the
;            farther the quad, the earlier it is read, so that all sixteen streams of a plane meet:
;
;                  0, 1, 2, 3    quads 7, 8, 9, 10 (5 to 2 hops away) to sw0..15,  at plane 0 in 7
;                  0, 1, 2, 3    quads 3, 4, 5,  6 (9 to 6 hops away) to sw16..31, at plane 1 in 11
;                  7             `lw` of plane 0, 20 cycles; installed in 27
;                 11             `lw` of plane 1, 20 cycles; installed in 31
;
; Bound      the streams: 16 a plane, 64 altogether, bring 20,480 weights a cycle: 20 cycles for 409,600. Both
;            planes of a hemisphere need 32 slices, which are 8 quads; the farthest is 9 hops away, so its first
;            row is there 2 + 9 = 11 cycles after its read: 11 + 20 + 1 to install = 32.
;
; cycles 32
; use P0.lw 62.5 %
; use P3.lw 62.5 %
; use mw12.rp 62.5 %

        .tensor w0: i8[320, 320] @ mw28..mw43 layout mxm
        .tensor w1: i8[320, 320] @ mw12..mw27 layout mxm
        .tensor w2: i8[320, 320] @ me28..me43 layout mxm
        .tensor w3: i8[320, 320] @ me12..me27 layout mxm
        .input w0
        .input w1
        .input w2
        .input w3

        .macro hemisphere in, slices, near, far, plane, other
        @0              read.4  \in\()0, \slices\()28[\near], n=20
        @1              read.4  \in\()4, \slices\()32[\near], n=20
        @2              read.4  \in\()8, \slices\()36[\near], n=20
        @3              read.4  \in\()12, \slices\()40[\near], n=20
        @0              read.4  \in\()16, \slices\()12[\far], n=20
        @1              read.4  \in\()20, \slices\()16[\far], n=20
        @2              read.4  \in\()24, \slices\()20[\far], n=20
        @3              read.4  \in\()28, \slices\()24[\far], n=20
        @7              lw.i8   \plane, \in\()0, n=20
        @27             iw      \plane
        @11             lw.i8   \other, \in\()16, n=20
        @31             iw      \other
        .endm

        .timeline
        hemisphere sw, mw, w0, w1, 0, 1
        hemisphere se, me, w2, w3, 2, 3
        @31             halt
        .endtimeline
        .drain 32
