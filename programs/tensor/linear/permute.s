; Lanes in another order, f32[512, 320]: ../permute.s as values. A map waits in a register of each switch.
; cycles 265
        .irp side, w, e
        .input order_\side: u16[320] @ m\side\()40..m\side\()41.1
        .input x_\side: f32[256, 320] @ m\side\()40..m\side\()43.0
        .output y_\side: f32[256, 320] @ m\side\()40..m\side\()43.1
        vload   %order, order_\side
        vload   %x, x_\side
        permute.4 %y, %x, %order !\side
        vstore  y_\side, %y
        .endr
