; A sparse dot product, scheduled by hand; it has a planted bug, which docs/debugging.md finds.
;
; Computes   s = sum of x[i] * w[i], and how many x[i] are not 0.
; Teaches    that time depends on the way: the jump over `add` takes 3 cycles when it is taken and 1 when it is not.
; The bug    -D gap=1 mends it. As it stands the program runs for as long as every x[i] is 0.

        .equ n = 6
        .equ gap = 0                    ; cycles between the count and the sum
x:      .i32 0, 0, 0, 7, 0, -2
w:      .i32 5, 3, 8, 6, 1, 4
        .array s: i32[1]
        .array count: i32[1]
        .output s
        .output count

        .reg i, value, weight, product, sum, some
        { mov i, 0  ||  mov sum, 0  ||  mov some, 0  ||  loop n, done }
        { ld value, [x + i]  ||  ld weight, [w + i]  ||  add i, i, 1 }
        { nop 3 }
        { cmp value, 0 }
        { mul product, value, weight  ||  jeq next }
        { add some, some, 1 }
.if gap
        { nop gap }
.endif
next:   { add sum, sum, product }
done:   { st [s], sum  ||  st [count], some }
