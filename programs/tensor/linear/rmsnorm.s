; RMS normalisation, f32[960, 320]: ../rmsnorm.s as values. x * gamma waits in memory, in two banks by turns.
; cycles 388
        .equ rows = 320                 ; of each pipeline
        .input gamma: f32[320] @ me4..me7
        .macro pipeline number, first, last, wait, to
        .input x_\number: f32[rows, 320] @ \first..\last.0
        .output y_\number: f32[rows, 320] @ \first..\last.1
        .tensor wait_\number: f32[4096 + rows / 2, 320] @ \wait..\to
        vload   %x, x_\number
        vmul.f32 %squares, %x, %x
        vcvts.f32.f32 %x, %x, %gamma
        vstore  wait_\number, %x, row=4096, n=2, stride=-4096, m=rows / 2, stride2=1
        reduce.add.f32 %sum, %squares
        vfma.f32 %root, %sum, r1, r2
        vrsqrt.f32 %root, %root
        vload   %x, wait_\number, row=4096, n=2, stride=-4096, m=rows / 2, stride2=1
        vmul.f32 %x, %x, %root
        vstore  y_\number, %x
        .endm
        mov     r1, 1.0 / 320
        mov     r2, 1e-5
        vload   %gamma, gamma, n=rows, stride=0
        pipeline 0, mw0, mw3, mw8, mw11
        pipeline 1, mw4, mw7, mw12, mw15
        pipeline 2, me0, me3, me8, me11
