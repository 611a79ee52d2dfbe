; Greatest common divisors, by a subroutine.
;
; Computes   g[i] = gcd(a[i], b[i]) for unsigned numbers, by Euclid's algorithm; gcd(0, 0) = 0.
; Teaches    `call rd, label` leaves the return address in a register, `ret ra` jumps to it: there is no stack
;            unless a program keeps one. Arguments and result travel in registers by agreement.
; Bound      the divider: 18 of the 23 cycles of a step, and each step needs the one before.
;
; cycles 372                                ; 16 n, and 23 for each of 12 divisions
; expect g = [6, 1, 0, 17, 5, 4]

        .param n = 6                    ; other sizes: -D n=1000 -i a=a.npy -i b=b.npy
.if n == 6
a:      .u32 12, 35, 0, 17, 0, 4294967292
b:      .u32 18, 64, 0, 0, 5, 8
.else
        .array a: u32[n]
        .array b: u32[n]
.endif
        .array g: u32[n]
        .input a
        .input b
        .output g

        mov     r1, 0                   ; i
next:   ld      r2, [a + r1]
        ld      r3, [b + r1]
        call    r31, gcd
        st      [g + r1], r2
        add     r1, r1, 1
        cmp     r1, n
        jlt     next
        halt

gcd:    cmp     r3, 0                   ; r2 <- gcd(r2, r3); uses r3 and r4
        jeq     found
        rem.u32 r4, r2, r3
        mov     r2, r3
        mov     r3, r4
        jmp     gcd
found:  ret     r31
