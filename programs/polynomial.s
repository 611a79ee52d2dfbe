; A polynomial of degree 7, on a timeline.
;
; Computes   y = c0 + c1 x + ... + c7 x^7 for int32, wrapping. The coefficients are those of
;            x (x-1) (x-2) ... (x-6), so for x = 10 the value is 10 * 9 * 8 * 7 * 6 * 5 * 4.
; Teaches    timelines, the third way to write: ops in any order, each with its cycle. `@5` counts from the
;            start of the block; `@after a, b` is the first cycle in which what the ops labelled a and b make
;            can be read. Estrin's scheme has a chain of 3 products where Horner's has 7:
;            ((c7 x + c6) x2 + (c5 x + c4)) x4 + ((c3 x + c2) x2 + (c1 x + c0))
; Bound      the bank of c: eight loads, one a cycle. The last, of c0, issues in cycle 7 and is ready in 11;
;            three dependent products of 3 cycles follow, and the store.
;
; cycles 21                                 ; 7 + 4 + 3 * 3 + 1
; expect y = [604800]

        .param x = 10
c:      .i32 0, 720, -1764, 1624, -735, 175, -21, 1
        .array y: i32[1]
        .output y

.timeline
        @0              x1: ld      r1, [x]
        @0              c7: ld      r17, [c + 7]
        @1              c6: ld      r16, [c + 6]
        @2              ld      r15, [c + 5]
        @3              c4: ld      r14, [c + 4]
        @4              ld      r13, [c + 3]
        @5              c2: ld      r12, [c + 2]
        @6              ld      r11, [c + 1]
        @7              c0: ld      r10, [c + 0]

        @after x1       x2: mul     r2, r1, r1
        @after x2       x4: mul     r4, r2, r2
        @after x1, c7, c6 c76: mad     r26, r17, r1, r16
        @8              c54: mad     r24, r15, r1, r14  ; c4 is ready in 7, but then the multiplier makes x4
        @after c2       c32: mad     r22, r13, r1, r12
        @after c0       c10: mad     r20, r11, r1, r10
        @12             top: mad     r24, r26, r2, r24  ; c54 is ready in 11, but then the multiplier makes c10
        @after c32, c10 low: mad     r20, r22, r2, r20
        @after top, low sum: mad     r3, r24, r4, r20
        @after sum      st      [y], r3
.endtimeline
