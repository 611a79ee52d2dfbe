; A row outside is found by the element that gets there.
; rules M-14.2 M-14.1 M-19.17 M-19.4 M-19.5
; needs superlanes >= 2, banks >= 2, rows = 64
; expect E-RANGE cycle 2 pc 0 slot 0 address 128 value 1 element 2

        .unchecked
        .tensor x: u8[128, 32] @ mw1 = each(i, j, 9)
        { read se0, mw1[126], n=3 }
        { nop 5 }
        { halt }
