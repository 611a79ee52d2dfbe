; y = a x + y in f32.
;
; Computes   y[i] = fma(a, x[i], y[i]), rounded once; n must be a multiple of 4.
; Teaches    unrolling. Four elements are independent of each other: in registers of their own, their loads,
;            products and stores fill each other's waiting times. A macro writes the copies.
; Bound      the bank of y: it takes one access a cycle and an element needs two, so 2 cycles an element is
;            the floor. A round of four takes 12: loads in 0..3, fma in 4..7, stores in 8..11. From three rounds
;            on one starts every 8 cycles, the floor; the stores then go between the loads of the round after
;            the next, in 12..15.
;
; cycles 25                                 ; 1 + 12 (n / 4) up to 8 elements, then 1 + 8 (n / 4) + 4
; expect y = [11.0, 8.5, 11.0, 5.5, 1.0, 23.5, 9.0, 16.0]

        .param n = 8                    ; other sizes: -D n=1000 -i x=x.npy -i y=y.npy
        .equ a = 2.5
.if n % 4
        .error "n must be a multiple of 4"
.endif
.if n == 8
x:      .f32 4.0, 3.0, 4.0, 1.0, -2.0, 9.0, 2.0, 6.0
y:      .f32 1.0, 1.0, 1.0, 3.0, 6.0, 1.0, 4.0, 1.0
.else
        .array x: f32[n]
        .array y: f32[n]
.endif
        .input x
        .input y
        .output y

.macro element u, rx, ry
        ld      \rx, [x + \u + r4]
        ld      \ry, [y + \u + r4]
        fma.f32 \ry, \rx, r5, \ry
        st      [y + \u + r4], \ry
.endm

        mov     r4, 0                   ; i
        mov     r5, a
        loop    n / 4, done
        element 0, r8, r12
        element 1, r9, r13
        element 2, r10, r14
        element 3, r11, r15
        add     r4, r4, 4
done:
