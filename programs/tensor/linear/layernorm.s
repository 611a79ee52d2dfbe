; Layer normalisation over rows of 320 lanes, f32[64, 320]: ../layernorm.s as values. A row of gamma and beta flows
; along with every row of x.
; cycles 135
        .equ rows = 32                  ; of each hemisphere
        .input gamma: f32[320] @ mw8..mw11
        .input beta: f32[320] @ me8..me11
        .macro hemisphere side, far, last, near, to
        .input x_\side: f32[rows, 320] @ \far..\last
        .output y_\side: f32[rows, 320] @ \near..\to
        vload   %x, x_\side
        reduce.add.f32 %sum, %x
        vfma.f32 %x, %sum, r1, %x
        vmul.f32 %squares, %x, %x
        reduce.add.f32 %sum, %squares
        vfma.f32 %root, %sum, r2, r3
        vrsqrt.f32 %root, %root
        vmul.f32 %x, %x, %gamma
        vfma.f32 %x, %x, %root, %beta
        vstore  y_\side, %x
        .endm
        mov     r1, -1.0 / 320
        mov     r2, 1.0 / 320
        mov     r3, 1e-5
        vload   %gamma, gamma, n=rows, stride=0
        vload   %beta, beta, n=rows, stride=0
        hemisphere west, mw40, mw43, mw0, mw3
        hemisphere east, me40, me43, me0, me3
