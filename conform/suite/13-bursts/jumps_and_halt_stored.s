; Elements of a burst issue after fetching has ended.
; rules M-13.9 M-12.6
; needs superlanes = 2, quads = 2, banks >= 2, rows = 64
; expect halt cycle 12
; leaves word 8192 117901063, word 8248 117901063

        .unchecked
        { vmov.u8 se0, 7, n=10 }
        { jmp on }
        { trap 1 }
on:     { write me0[0], se0, n=8 }      ; 4 to 11
        { halt }
