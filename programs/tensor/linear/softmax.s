; Softmax over rows of 320 lanes, f32[1024, 320]: ../softmax.s as values. What waits for a reduction is turned round
; at a switch and delayed by moves, as by hand.
; cycles 611
        .equ rows = 512                 ; of each hemisphere
        .macro hemisphere side, far, last, near, to
        .input x_\side: f32[rows, 320] @ \far..\last
        .output y_\side: f32[rows, 320] @ \near..\to
        vload   %x, x_\side
        reduce.max.f32 %most, %x
        vsub.f32 %x, %x, %most
        vexp.f32 %x, %x
        reduce.add.f32 %sum, %x
        vdiv.f32 %x, %x, %sum
        vstore  y_\side, %x
        .endm
        hemisphere west, mw40, mw43, mw0, mw3
        hemisphere east, me40, me43, me0, me3
