; A value that a result replaces is lost, unless it was sampled by that cycle.
; rules M-18.2 M-18.1
; needs vxm_alus >= 4
; expect halt cycle 6
; leaves losses 1, Lost 1

        .unchecked
        .tensor x: u8[3, 32] @ mw0 = each(i, j, 9)
        { read se0, mw0[0], n=3 }       ; at the VXM in 3, 4, 5
        { nop 1 }
        { vmov.u8 se0, 7, n=2 !V0 }     ; replaces in 3 and 4
        { vmov.u8 v1, se0 !V1 }         ; samples in 3
        { nop 1 }
        { halt }
