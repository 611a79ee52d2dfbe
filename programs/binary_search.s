; Binary search without a branch.
;
; Computes   position[q] = the number of elements of the sorted x that are less than query[q].
; Teaches    `sel`: both outcomes of a comparison are ready and the condition code chooses. Every query takes
;            the same rounds, floor(log2 n) + 1, a constant of the assembly; no jump depends on the data.
; Bound      latency: a round takes 9 cycles, of which the load takes 4, and no load can start before the
;            comparison of the round before: 7 cycles after the load before it.
;
; cycles 193                                ; 1 + k (1 + 7 log2(n) + 9 + 1)
; expect position = [0, 3, 8, 1, 5, 5]

        .param n = 8                    ; other sizes: -D n=1000 -i x=x.npy
        .param k = 6                    ;              -D k=100 -i query=q.npy
.if n == 8
x:      .i32 -40, -7, -1, 0, 2, 12, 30, 31
.else
        .array x: i32[n]
.endif
.if k == 6
query:  .i32 -41, 0, 99, -39, 3, 12
.else
        .array query: i32[k]
.endif
        .array position: i32[k]
        .input x
        .input query
        .output position

        mov     r1, 0                   ; q
        loop    k, done
        ld      r2, [query + r1]
        mov     r3, 0                   ; the answer lies in r3 .. r3 + r4
        mov     r4, n
        loop    log2(n) + 1, found
        shr     r5, r4, 1               ; the smaller half
        sub     r6, r4, r5              ; the larger: 1 when r4 is 1
        add     r6, r3, r6
        ld      r7, [x - 1 + r6]        ; its last element:
        mov     r4, r5
        cmp     r7, r2
        sel.lt  r3, r6, r3              ; when that is less, all before it are less
found:  st      [position + r1], r3
        add     r1, r1, 1
done:
