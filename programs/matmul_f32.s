; A matrix product in f32, four columns at a time.
;
; Computes   C = A B for f32 matrices; k must be a multiple of 4. Each element is a chain of fused
;            multiply-adds in the order t = 0, 1, ..., m-1, each rounded once.
; Teaches    hiding latency with independent work. One fma chain can take a step only every 4 cycles; four
;            chains side by side keep the unit in use, and an element of A is loaded once for four products.
; Bound      the bank of B: its elements are loaded one a cycle, and 4 cycles later the multiply-adds follow them, one
;            a cycle, in 4..7. A round takes 8 cycles and one starts every 4; the chains allow no more, either.
;
; cycles 109                                ; 1 + n (2 + k/4 (4 (m - 1) + 8 + 5))
; expect C = [[20.0, 17.5, 15.0, 12.5], [60.0, 53.5, 47.0, 40.5], [100.0, 89.5, 79.0, 68.5], [140.0, 125.5, 111.0, 96.5]]

        .param n = 4
        .param m = 4
        .param k = 4
.if k % 4
        .error "k must be a multiple of 4"
.endif
.if n == 4 && m == 4 && k == 4
        .array A: f32[n, m] = 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0, 15.0, 16.0
        .array B: f32[m, k] = 4.00, 3.75, 3.50, 3.25, 3.00, 2.75, 2.50, 2.25, 2.00, 1.75, 1.50, 1.25, 1.00, 0.75, 0.50, 0.25
.else
        .array A: f32[n, m]
        .array B: f32[m, k]
.endif
        .array C: f32[n, k]
        .input A
        .input B
        .output C

        mov     r4, 0                   ; i
        loop    n, done
        mov     r5, 0                   ; j
        loop    k / 4, row_end
        mov     r7, 0                   ; t
        mov     r16, 0.0
        mov     r17, 0.0
        mov     r18, 0.0
        mov     r19, 0.0
        loop    m, store
        ld      r8, [A + r4*m + r7]
        ld      r12, [B + 0 + r7*k + r5]
        ld      r13, [B + 1 + r7*k + r5]
        ld      r14, [B + 2 + r7*k + r5]
        ld      r15, [B + 3 + r7*k + r5]
        fma.f32 r16, r8, r12, r16
        fma.f32 r17, r8, r13, r17
        fma.f32 r18, r8, r14, r18
        fma.f32 r19, r8, r15, r19
        add     r7, r7, 1
store:  st      [C + 0 + r4*k + r5], r16
        st      [C + 1 + r4*k + r5], r17
        st      [C + 2 + r4*k + r5], r18
        st      [C + 3 + r4*k + r5], r19
        add     r5, r5, 4
row_end:
        add     r4, r4, 1
done:
