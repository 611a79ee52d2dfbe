; Copy at the full bandwidth of the SRAM, 115 MB: ../copy.s as values. Which streams bring what where is found.
; cycles 4100
        .macro pair west, west_last, east, east_last
        .input x_\west: u32[4096, 320] @ \west..\west_last.0, x_\east: u32[4096, 320] @ \east..\east_last.0
        .output y_\west: u32[4096, 320] @ \east..\east_last.1, y_\east: u32[4096, 320] @ \west..\west_last.1
        vload   %x, x_\west
        vstore  y_\west, %x
        vload   %x, x_\east
        vstore  y_\east, %x
        .endm
        pair    mw0, mw3, me0, me3
        .irp m, mw, me
        pair    \m\()40, \m\()43, \m\()36, \m\()39
        pair    \m\()32, \m\()35, \m\()28, \m\()31
        pair    \m\()24, \m\()27, \m\()20, \m\()23
        pair    \m\()16, \m\()19, \m\()12, \m\()15
        pair    \m\()8, \m\()11, \m\()4, \m\()7
        .endr
