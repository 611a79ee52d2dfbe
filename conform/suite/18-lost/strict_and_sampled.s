; A strict machine lets all run that loses nothing.
; rules M-18.5 M-18.1 M-18.4
; run strict
; expect halt
; leaves losses 0

        .unchecked
        { vmov.i32 se0, 7 }
        { nop 1 }
        { write.4 me0[0], se0 }
        { nop 9 }
        { vmov.i32 se0, 7 }
        { halt }
