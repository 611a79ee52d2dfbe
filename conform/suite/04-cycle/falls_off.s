; Falling off the end of the text ends the run in the cycle of the fetch.
; rules M-4.3 M-4.10
; expect halt cycle 2

        .unchecked
        { mov r1, 1 }
        { mov r2, 2 }
