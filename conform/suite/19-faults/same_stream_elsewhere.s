; Results for one stream in one cycle at different places do not clash.
; rules M-19.7 M-11.6
; expect halt

        .unchecked
        .tensor x: u8[3, 32] @ mw0 = each(i, j, 9)
        { nop 1  ||  read se0, mw0[0] }  ; leaves W.q0 in 2
        { vmov.u8 se0, 7 }              ; leaves the VXM in 2
        { nop 9 }
        { halt }
