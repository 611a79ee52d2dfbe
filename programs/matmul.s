; The classic matrix product, as one writes it for any machine: one op a line, no timing in sight.
;
; Computes   C = A B for int32 matrices, C[i,j] = sum over t of A[i,t] * B[t,j]. Sums wrap.
; Teaches    linear assembly. The assembler packs the ops into bundles and keeps every latency; a parameter is
;            a word in memory (`[m]`) and a constant (`r4 * m`) at once; an address is base + register * scale
;            + register, so row-major indexing costs no instruction.
; Bound      both load ports and the multiplier: 2 loads and a product a round of loop_k, so one round a cycle. The
;            assembler sees that loop_k counts to m and starts a round every cycle, in turns of four with names of
;            their own. In front and behind, 8 rounds fill and drain: from 8 rounds on, a sum of m products takes
;            m + 17 cycles when m is a multiple of 4 (2 more if m = 8). What is left over, and sums of less than
;            8, take 4 cycles a round: loads in one, product in the next. A single product takes 14.
;
; Sizes are set with -D n=64 -D m=64 -D k=64, matrices with -i A=a.npy -i B=b.npy.
;
; cycles 483                                ; 3 + n (4 + k (13 + 4 m)): here m is less than 8
; expect C = [[80, 70, 60, 50], [240, 214, 188, 162], [400, 358, 316, 274], [560, 502, 444, 386]]

        .param n = 4
        .param m = 4
        .param k = 4
.if n == 4 && m == 4 && k == 4
        .array A: i32[n, m] = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16
        .array B: i32[m, k] = 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1
.else
        .array A: i32[n, m]
        .array B: i32[m, k]
.endif
        .array C: i32[n, k]
        .input A
        .input B
        .output C

; multiply A (n x m) by B (m x k) into C (n x k), matrices already in memory
        ld      r0, [n]
        ld      r1, [m]
        ld      r2, [k]
        mov     r4, 0
loop_i: mov     r5, 0
loop_j: mov     r6, 0
        mov     r7, 0
loop_k: ld      r8, [A + r4 * m + r7]
        ld      r9, [B + r7 * k + r5]
        mul     r10, r8, r9
        add     r6, r6, r10
        add     r7, r7, 1
        cmp     r7, r1
        jlt     loop_k
        st      [C + r4 * k + r5], r6
        add     r5, r5, 1
        cmp     r5, r2
        jlt     loop_j
        add     r4, r4, 1
        cmp     r4, r0
        jlt     loop_i
