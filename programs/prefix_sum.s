; Running sums.
;
; Computes   p[i] = x[0] + ... + x[i], wrapping; n must be a multiple of 4.
; Teaches    shortening a chain. Each sum needs the one before, but a block of four needs the sum before it
;            only once: inside the block the sums are made from the elements alone, in log2(4) = 2 steps, and
;            the carry is added to all four at the end.
; Bound      the banks of x and p: four loads, four stores. A block takes 12 cycles; several of them take 13
;            each, since their ops share units, but one starts every 4.
;
; cycles 17                                 ; 1 + 4 (n / 4 - 1) + 12
; expect p = [3, 2, 6, 7, 2, 11, 13, 7]

        .param n = 8                    ; other sizes: -D n=1000 -i x=x.npy
.if n % 4
        .error "n must be a multiple of 4"
.endif
.if n == 8
x:      .i32 3, -1, 4, 1, -5, 9, 2, -6
.else
        .array x: i32[n]
.endif
        .array p: i32[n]
        .input x
        .output p

        mov     r4, 0                   ; i
        mov     r5, 0                   ; the carry: the sum before the block
        loop    n / 4, done
        ld      r8, [x + 0 + r4]        ; a
        ld      r9, [x + 1 + r4]        ; b
        ld      r10, [x + 2 + r4]       ; c
        ld      r11, [x + 3 + r4]       ; d
        add     r9, r8, r9              ; a+b
        add     r12, r10, r11           ; c+d
        add     r10, r9, r10            ; a+b+c
        add     r11, r9, r12            ; a+b+c+d
        add     r8, r8, r5
        add     r9, r9, r5
        add     r10, r10, r5
        add     r5, r11, r5
        st      [p + 0 + r4], r8
        st      [p + 1 + r4], r9
        st      [p + 2 + r4], r10
        st      [p + 3 + r4], r5
        add     r4, r4, 4
done:
