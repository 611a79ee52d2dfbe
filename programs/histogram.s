; A histogram.
;
; Computes   count[v] = how often the value v occurs in x, for 0 <= v < bins.
; Teaches    reading, changing and writing back a place that only the data name. Two rounds may meet in one
;            bin, so the store of one must precede the load of the next: the assembler keeps that order, since
;            it cannot prove the places different. A value out of range would reach a neighbour's memory, so
;            it is caught with `trap`, a fault of the program's own.
; Bound      latency: load the value (4), load the count (4), add, store, and only then the next round.
;
; cycles 175                                ; bins + 2 to clear, 14 n - 2 (the last jump is not taken), 1 to halt
; expect count = [2, 3, 1, 2, 2, 2]

        .equ bins = 6
        .param n = 12                   ; other sizes: -D n=1000 -D bins=32 -i x=x.npy
.if n == 12
x:      .u32 1, 0, 4, 1, 3, 5, 2, 1, 5, 4, 3, 0
.else
        .array x: u32[n]
.endif
        .array count: i32[bins]
        .input x
        .output count

        mov     r1, 0
        mov     r2, 0
        loop    bins, cleared
        st      [count + r1], r2
        add     r1, r1, 1
cleared:
        mov     r1, 0                   ; i
next:   ld      r3, [x + r1]
        cmp     r3, bins
        jgeu    outside
        ld      r4, [count + r3]
        add     r4, r4, 1
        st      [count + r3], r4
        add     r1, r1, 1
        cmp     r1, n
        jlt     next
        halt
outside:
        trap    1
