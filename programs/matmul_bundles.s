; A matrix product scheduled by hand: one multiply-accumulate a cycle.
;
; Computes   C = A B for int32, for m a multiple of 4 and at least 8 (checked below); any n and k.
; Teaches    software pipelining in explicit bundles. Three elements of a sum are under way at any time: in
;            cycle t the loads of element t issue, the product of element t-4 (a load takes 4 cycles) and the
;            addition of element t-7 (a product takes 3). Four loads are in flight at once and a register may
;            not be read while a write to it is in flight, so a load target needs four names, taken in
;            turn: modulo variable expansion. Hence four bundles a round, each a copy of the next with the
;            names moved on by one.
;            Nothing drains between two sums. While the last products of one sum are made, the first elements
;            of the next are loaded, and `mov sum, p0` starts the new sum where `add sum, sum, p0` would
;            have gone on with the old one.
; Bound      both load ports: 2 loads a multiply-accumulate, so one a cycle. L0, L1 and M0 are never idle but
;            for one bundle a sum, where C's element needs a port: n k (m + 1) cycles, 4 to fill, 4 to drain.
;
; cycles 60                                 ; 4 + 2*2*(12 + 1) + 4
; expect C = [[728, 650], [2600, 2378]]

        .param n = 2
        .param m = 12
        .param k = 2
.if m % 4 || m < 8
        .error "m must be a multiple of 4 and at least 8"
.endif
.if n == 2 && m == 12 && k == 2
        .array A: i32[n, m] = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24
        .array B: i32[m, k] = 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1
.else
        .array A: i32[n, m]
        .array B: i32[m, k]
.endif
        .array C: i32[n, k]
        .input A
        .input B
        .output C

        .reg a0, a1, a2, a3             ; elements of A's row,
        .reg b0, b1, b2, b3             ; of B's column,
        .reg p0, p1, p2, p3             ; and their products, four names each
        .reg sum
        .reg t                          ; the element that is loaded next
        .reg i, j                       ; row and column of the sum that is loaded,
        .reg ni, nj                     ; of the one after it
        .reg out, next                  ; where the finished sum goes, and the one after it

; Elements 0..3 of the first sum: nothing to multiply yet.
        { ld a0, [A]  ||  ld b0, [B]  ||  mov t, 1 }
        { ld a1, [A + t]  ||  ld b1, [B + t*k]  ||  add t, t, 1 }
        { ld a2, [A + t]  ||  ld b2, [B + t*k]  ||  add t, t, 1 }
        { ld a3, [A + t]  ||  ld b3, [B + t*k]  ||  add t, t, 1  ||  loop n * k, drain }

; Elements 4..7, the last three additions of the sum before, and the indices of the sum to come. The sum is
; stored between them (the first round stores a zero in C[0], which the second overwrites).
        { ld a0, [A + i*m + t]  ||  ld b0, [B + t*k + j]  ||  mul p0, a0, b0  ||  add sum, sum, p1  ||  add t, t, 1  ||  add nj, j, 1 }
        { ld a1, [A + i*m + t]  ||  ld b1, [B + t*k + j]  ||  mul p1, a1, b1  ||  add sum, sum, p2  ||  add t, t, 1  ||  cmp nj, k }
        { ld a2, [A + i*m + t]  ||  ld b2, [B + t*k + j]  ||  mul p2, a2, b2  ||  add sum, sum, p3  ||  add t, t, 1  ||  add ni, i, 1 }
        { st [C + out], sum  ||  sel.ne nj, nj, 0  ||  sel.eq ni, ni, i }
        { ld a3, [A + i*m + t]  ||  ld b3, [B + t*k + j]  ||  mul p3, a3, b3  ||  mov sum, p0  ||  add t, t, 1  ||  min ni, ni, n - 1  ||  loop (m - 8) / 4, ahead }

; The steady state: elements 8..m-1.
        { ld a0, [A + i*m + t]  ||  ld b0, [B + t*k + j]  ||  mul p0, a0, b0  ||  add sum, sum, p1  ||  add t, t, 1 }
        { ld a1, [A + i*m + t]  ||  ld b1, [B + t*k + j]  ||  mul p1, a1, b1  ||  add sum, sum, p2  ||  add t, t, 1 }
        { ld a2, [A + i*m + t]  ||  ld b2, [B + t*k + j]  ||  mul p2, a2, b2  ||  add sum, sum, p3  ||  add t, t, 1 }
        { ld a3, [A + i*m + t]  ||  ld b3, [B + t*k + j]  ||  mul p3, a3, b3  ||  add sum, sum, p0  ||  add t, t, 1 }

; Elements 0..3 of the next sum, the last four products of this one. After the last sum there is no next:
; `min` above kept the row inside A, and what is loaded here is never used.
ahead:  { ld a0, [A + ni*m]  ||  ld b0, [B + nj]  ||  mul p0, a0, b0  ||  add sum, sum, p1  ||  mov t, 1  ||  mov out, next }
        { ld a1, [A + ni*m + t]  ||  ld b1, [B + t*k + nj]  ||  mul p1, a1, b1  ||  add sum, sum, p2  ||  add t, t, 1  ||  mov i, ni }
        { ld a2, [A + ni*m + t]  ||  ld b2, [B + t*k + nj]  ||  mul p2, a2, b2  ||  add sum, sum, p3  ||  add t, t, 1  ||  mov j, nj }
        { ld a3, [A + ni*m + t]  ||  ld b3, [B + t*k + nj]  ||  mul p3, a3, b3  ||  add sum, sum, p0  ||  add t, t, 1  ||  add next, next, 1 }

; The last three products land, one a cycle.
drain:  { add sum, sum, p1 }
        { add sum, sum, p2 }
        { add sum, sum, p3 }
        { st [C + out], sum }
