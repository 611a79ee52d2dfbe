; Binary search without a branch.
;
; Computes   position[q] = the number of elements of the sorted x that are less than query[q].
; Teaches    `sel`: both outcomes of a comparison are ready, the condition code chooses. Every query takes the
;            same number of rounds, and a jump that is never taken cannot be taken wrongly.
; Bound      latency: the next load waits for this one, 4 cycles, and for compare and select; a round takes 8,
;            ceil(log2 n) + 1 rounds a query.
;
; cycles 322
; expect position = [0, 3, 8, 1, 5, 5]

        .param  n = 8                       ; other sizes: -D n=1000 -i x=x.npy
        .param  k = 6                       ;              -D k=100 -i query=q.npy
.if n == 8
x:      .i32    -40, -7, -1, 0, 2, 12, 30, 31
.else
        .array  x: i32[n]
.endif
.if k == 6
query:  .i32    -41, 0, 99, -39, 3, 12
.else
        .array  query: i32[k]
.endif
        .array  position: i32[k]
        .input  x
        .input  query
        .output position

        mov     r1, 0                       ; q
        loop    k, done
        ld      r2, [query + r1]
        mov     r3, 0                       ; the answer is in r3 .. r3 + r4
        mov     r4, n
halve:  shr     r5, r4, 1                   ; the middle
        add     r6, r3, r5
        ld      r7, [x + r6]
        sub     r8, r4, r5                  ; if x[middle] < query: above it,
        sub     r8, r8, 1
        add     r9, r6, 1
        cmp     r7, r2
        sel.lt  r3, r9, r3
        sel.lt  r4, r8, r5                  ; else below
        cmp     r4, 0
        jgt     halve
        st      [position + r1], r3
        add     r1, r1, 1
done:
