; Copy at the full bandwidth of the SRAM, 115 MB: ../copy.s as values. Which streams bring what where is found.
; cycles 4100
        .macro copy first, last, to, to_last
        .tensor x_\first: u32[4096, 320] @ \first..\last.0
        .tensor y_\first: u32[4096, 320] @ \to..\to_last.1
        .input x_\first
        .output y_\first
        vload   %x, x_\first
        vstore  y_\first, %x
        .endm
        .macro pair west, west_last, east, east_last
        copy    \west, \west_last, \east, \east_last
        copy    \east, \east_last, \west, \west_last
        .endm
        pair    mw40, mw43, mw36, mw39
        pair    mw32, mw35, mw28, mw31
        pair    mw24, mw27, mw20, mw23
        pair    mw16, mw19, mw12, mw15
        pair    mw8, mw11, mw4, mw7
        pair    mw0, mw3, me0, me3
        pair    me4, me7, me8, me11
        pair    me12, me15, me16, me19
        pair    me20, me23, me24, me27
        pair    me28, me31, me32, me35
        pair    me36, me39, me40, me43
