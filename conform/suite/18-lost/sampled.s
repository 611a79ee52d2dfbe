; A value that any op sampled once is not lost, wherever it is dropped.
; rules M-18.1 M-18.2
; expect halt
; leaves losses 0, Lost 0

        .unchecked
        { vmov.i32 se0, 7 }
        { nop 1 }
        { write.4 me0[0], se0 }
        { nop 9 }
        { halt }
