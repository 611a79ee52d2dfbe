; int8 vector times matrix, 1280 x 20480: batch 1, all 64 streams busy with weights 94.6 % of the time.
;
; Computes   y = x w in exact i32, for K = 320 DEEP and N = 4 * 320 WIDE; a plane makes a quarter of y.
; Teaches    what bounds batch 1. Each weight is used once, so a plane multiplies one vector in 20 cycles and the
;            streams decide: a tile takes 16 of them for 20 cycles, the two planes of a hemisphere take all 32,
;            and x, one vector a tile, would be the thirty-third. So loads make room for it, and only one plane
;            at a time: plane 1 pauses for one cycle after two tiles, plane 0 half a period later, and in each
;            pause one vector on a free stream serves both planes. A period of two tiles a plane is 41 cycles,
;            not 42. The weights lie in the order of use, so a quad is read by a burst of two levels.
; Schedule   step s is tile s % WIDE of the columns, s / WIDE of the rows, in all planes. Arrivals at the planes,
;            q = 51 + 41 (s / 2); all of the west, the east is its mirror image:
;
;                            s even                  s odd
;              plane 1       lw q-40 .. q-21         lw q-20 .. q-1, pause in q
;              plane 0       lw q-41 .. q-22         lw q-20 .. q-1 (then the next even one, pause in q+20)
;              installed     q-20, q-21              q
;              x, abc        q on stream 16          q+20 on stream 0; the last one q+1: no loads follow
;              acc           24 later: set in the first row of tiles, then added; in the last one emitted, and
;                            written two and three hops away, 28 and 29 after `abc`
;
; Bound      64 streams of 320 bytes a cycle: 20 cycles for a tile in each plane, 20 * 64 = 1280.
;            What is added: a pause every 41 cycles; 11 cycles until the first weights are there; 41 from the
;            last ones to the end: 2 vectors, 24 product, 2 emit, 3 hops, and what a step waits for its turn.
;            41 * 64 / 2 + 41 = 1353. All of SRAM as weights would be 563 steps, 11.6 thousand cycles.
;
; cycles 1353
; use P0.lw 94.6 %
; use P1.lw 94.6 %
; use P2.lw 94.6 %
; use P3.lw 94.6 %
; use P0.abc 4.7 %
; small WIDE=4

        .equ DEEP = 4                   ; tiles down a column
        .equ WIDE = 16                  ; tiles along a row, for each plane
        .equ STEPS = DEEP * WIDE
.if STEPS % 2 || STEPS > 204 || DEEP < 2
        .error "DEEP * WIDE must be even and at most 204 (the weights fill a bank), DEEP at least 2"
.endif
        .tensor x: i8[320 * DEEP] @ me0
        .tensor w0: i8[320 * DEEP, 320 * WIDE] @ mw28..mw43 layout mxm
        .tensor w1: i8[320 * DEEP, 320 * WIDE] @ mw12..mw27 layout mxm
        .tensor w2: i8[320 * DEEP, 320 * WIDE] @ me28..me43 layout mxm
        .tensor w3: i8[320 * DEEP, 320 * WIDE] @ me12..me27 layout mxm
        .tensor y0: i32[320 * WIDE] @ mw40..mw43.1
        .tensor y1: i32[320 * WIDE] @ mw36..mw39.1
        .tensor y2: i32[320 * WIDE] @ me40..me43.1
        .tensor y3: i32[320 * WIDE] @ me36..me39.1
        .input x
        .input w0
        .input w1
        .input w2
        .input w3
        .output y0
        .output y1
        .output y2
        .output y3

; All weights of a quad for the plane that pauses after an even number of tiles, from cycle `at` on.
        .macro in_pairs at, out, place
        @\at            read.4  \out, \place, n=40, m=STEPS/2, e=41, stride2=40
        .endm

; The same for the plane that pauses after an odd number of tiles.
        .macro in_pairs_after_one at, out, slice, tensor
        @\at            read.4  \out, \slice[\tensor], n=20
        @\at + 21       read.4  \out, \slice[\tensor + 20], n=40, m=STEPS/2-1, e=41, stride2=40
        @\at + 21 + 41 * (STEPS / 2 - 1) read.4  \out, \slice[\tensor + 20 * (STEPS - 1)], n=20
        .endm

        .macro weights in, slices, even, odd
        in_pairs_after_one 3, \in\()0, \slices\()28, \even
        in_pairs_after_one 4, \in\()4, \slices\()32, \even
        in_pairs_after_one 5, \in\()8, \slices\()36, \even
        in_pairs_after_one 6, \in\()12, \slices\()40, \even
        in_pairs 0, \in\()16, \slices\()12[\odd]
        in_pairs 1, \in\()20, \slices\()16[\odd]
        in_pairs 2, \in\()24, \slices\()20[\odd]
        in_pairs 3, \in\()28, \slices\()24[\odd]
        .endm

; A step of one plane: weights from stream `in` in cycle `load`, installed in `install`, multiplied in `slot`.
        .macro tile load, install, slot, plane, in, x, out, place, hops
        @\load          lw.i8   \plane, \in, n=20
        @\install       iw      \plane
        @\slot          abc.i8  \plane, \x
.if s < WIDE
        @\slot + 24     acc.set \plane, s % WIDE
.elif s < STEPS - WIDE
        @\slot + 24     acc.add \plane, s % WIDE
.else
        @\slot + 24     acc.add \plane, s % WIDE, \out
        @\slot + 26 + \hops write.4 \place, \out
.endif
        .endm

; Step s: x is at the planes in `slot`, on stream number `x`.
        .macro step q, slot, x
        .set odd = s % 2
        @\slot - 17     read    sw\x, me0[x + s / WIDE]
        @\slot - 14     vmov.i8 sw\x, sw\x
        @\slot - 14     vmov.i8 se\x, sw\x
        tile    \q - 41 + 21 * odd, \q - 21 + 21 * odd, \slot, 0, sw0, sw\x, se0, mw40[y0 + s % WIDE], 2
        tile    \q - 40 + 20 * odd, \q - 20 + 20 * odd, \slot, 1, sw16, sw\x, se4, mw36[y1 + s % WIDE], 3
        tile    \q - 41 + 21 * odd, \q - 21 + 21 * odd, \slot, 2, se0, se\x, sw0, me40[y2 + s % WIDE], 2
        tile    \q - 40 + 20 * odd, \q - 20 + 20 * odd, \slot, 3, se16, se\x, sw4, me36[y3 + s % WIDE], 3
        .endm

        .timeline
        weights sw, mw, w0, w1
        weights se, me, w2, w3
        .set s = 0
        .set q = 51
        .rept STEPS / 2
        step    q, q, 16
        .set s = s + 1
        step    q, q + (s == STEPS - 1 ? 1 : 20), 0
        .set s = s + 1
        .set q = q + 41
        .endr
        .endtimeline
        .drain 41 * STEPS / 2 + 41
