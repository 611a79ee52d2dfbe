; The dot product of two int32 vectors.
;
; Computes   s = sum of x[i] * y[i], wrapping.
; Teaches    the hardware loop: `loop count, end` runs what follows up to `end`, at no cost for going round.
;            x and y start in banks of their own, so the two loads share a cycle.
; Bound      the chain of sums: a round takes 8 cycles, 4 for the loads, 3 for the product, 1 for the sum, but the
;            assembler starts one every cycle. Up to 8 rounds are under way, with values in registers that the
;            file does not name (software pipelining; matmul_bundles.s does it by hand).
;
; cycles 17                                 ; 1 + (n - 1) + 8 + 1
; expect s = [-11]

        .param n = 8                    ; other sizes: -D n=1000 -i x=x.npy -i y=y.npy
.if n == 8
x:      .i32 3, -1, 4, 1, -5, 9, 2, -6
y:      .i32 2, 7, -1, 8, 2, 0, 1, 1
.else
        .array x: i32[n]
        .array y: i32[n]
.endif
        .array s: i32[1]
        .input x
        .input y
        .output s

        mov     r4, 0                   ; i
        mov     r6, 0                   ; the sum
        loop    n, done
        ld      r8, [x + r4]
        ld      r9, [y + r4]
        mul     r10, r8, r9
        add     r6, r6, r10
        add     r4, r4, 1
done:   st      [s], r6
