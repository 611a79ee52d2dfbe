; How long the Collatz sequences are.
;
; Computes   steps[i] = how many steps lead from i + 1 to 1, where v -> v / 2 when even, 3 v + 1 when odd.
; Teaches    a loop that leaves when the data say so: `jne` inside a hardware loop's body may jump back as
;            often as it likes; the `loop` goes round only where its body ends.
; Bound      latency: a step takes 8 cycles, the product 3, select and compare 2, the jump 3.
;
; cycles 561                                ; 8 for each of 67 steps, less 2 where a sequence ends; 4 around each, 1, and 2
; expect steps = [0, 1, 7, 2, 5, 8, 16, 3, 19, 6]

        .param n = 10
        .array steps: i32[n]
        .output steps

        mov     r1, 0                   ; i
        mov     r7, 3
        loop    n, done
        add     r2, r1, 1               ; v
        mov     r3, 0
        cmp     r2, 1
        jeq     reached
step:   and     r4, r2, 1
        shr     r5, r2, 1
        mad     r6, r2, r7, 1
        cmp     r4, 0
        sel.eq  r2, r5, r6
        add     r3, r3, 1
        cmp     r2, 1
        jne     step
reached:
        st      [steps + r1], r3
        add     r1, r1, 1
done:
