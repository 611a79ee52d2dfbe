; A value that is sampled in the cycle in which it is overwritten is not lost.
; rules M-18.1 M-18.2 M-18.5
; needs vxm_alus >= 4
; run strict
; expect halt

        .unchecked
        .tensor x: u8[1, 32] @ mw0 = each(i, j, 9)
        { read se0, mw0[0] }            ; at the VXM in 3
        { nop 1 }
        { vmov.u8 se0, 7 !V0 }          ; leaves it in 3
        { vmov.u8 v1, se0 !V1 }
        { write me0[0], se0 }
        { nop 1 }
        { halt }
