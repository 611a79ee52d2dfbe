; A base register may wrap the row back into the slice.
; rules M-14.1
; needs superlanes >= 2, banks >= 2, rows >= 64
; expect halt cycle 3

        .unchecked
        .tensor x: u8[128, 32] @ mw1 = each(i, j, 9)
        { mov r1, -5 }
        { read se0, mw1[r1 + 8] }
        { halt }
