; A run with a limit stops before that cycle executes.
; rules M-4.11
; run until=7
; expect running cycle 7
; leaves r1 7, count again 1

        .unchecked
again:  { add r1, r1, 1 }
        .rept 9
        { add r1, r1, 1 }
        .endr
        { halt }
