; Square roots by Newton's iteration, and how far they are from the machine's own.
;
; Computes   y[i] = an approximation of sqrt(x[i]) for normal x > 0, and ulps[i], its distance from `sqrt.f32`
;            in units in the last place. The seed of 1/sqrt(x) comes from the bits of x (halving a float's bits
;            halves its exponent); r <- r (1.5 - x/2 r r) doubles the number of right bits each time, and
;            y = x r. Three steps.
; Teaches    a register is 32 bits and knows no type: `shr` and `sub` on a float are legal and useful. f32
;            arithmetic is IEEE 754, rounded to nearest even, on every engine alike.
; Bound      registers. An element takes 61 cycles, most of them in a chain: load 4, seed 2, three steps of 16, product
;            4, ulps 2, store 1. The f32 units could start one every 8, but then 8 of them would be under way,
;            with more values than there are registers; one every 11 fits.
;
; cycles 128                                ; at most 1 + 11 (n - 1) + 61: outside the kernel elements may start sooner
; expect ulps = [1, 1, 1, 1, 1, 0, 0, 1]

        .param n = 8                    ; other sizes: -D n=1000 -i x=x.npy
.if n == 8
x:      .f32 1.0, 2.0, 3.0, 4.0, 0.25, 1.0e-30, 1.0e30, 123.456
.else
        .array x: f32[n]
.endif
        .array y: f32[n]
        .array ulps: i32[n]
        .input x
        .output y
        .output ulps

.macro step                             ; r3 = x/2, r4 = r
        mul.f32 r5, r4, r4
        mul.f32 r5, r5, r3
        sub.f32 r5, r6, r5
        mul.f32 r4, r4, r5
.endm

        mov     r1, 0                   ; i
        mov     r6, 1.5
        mov     r7, 0x5F3759DF
        loop    n, done
        ld      r2, [x + r1]
        mul.f32 r3, r2, 0.5
        shr     r4, r2, 1
        sub     r4, r7, r4
        step
        step
        step
        mul.f32 r8, r2, r4              ; y
        sqrt.f32 r9, r2                 ; 18 cycles, while the steps go on
        sub     r10, r8, r9             ; floats of one sign are ordered as their bits are
        abs     r10, r10
        st      [y + r1], r8
        st      [ulps + r1], r10
        add     r1, r1, 1
done:
