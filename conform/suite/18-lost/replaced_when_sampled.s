; What replaces a value that was sampled is not sampled itself by that.
; rules M-18.1 M-18.2
; expect halt
; leaves losses 1

        .unchecked
        .tensor x: u8[1, 32] @ me1 = each(i, j, 9)
        { vmov.u8 se0, 7  ||  read se0, me1[0] }  ; both leave E.q0 in 2
        { nop 1 }
        { write me0[0], se0 }           ; samples the 7, which is replaced in this cycle
        { nop 9 }
        { halt }
