; Rows are unsigned modulo 2^32.
; rules M-14.1 M-14.2 M-19.17
; needs superlanes >= 2, banks >= 2, rows >= 64
; expect E-RANGE cycle 1 pc 0 slot 0 address 4294967295 value 1 element 1

        .unchecked
        .tensor x: u8[128, 32] @ mw1 = each(i, j, 9)
        { read se0, mw1[1], n=2, stride=-2 }
        { nop 5 }
        { halt }
