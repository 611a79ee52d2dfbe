; Nor a cycle later: it has gone on.
; rules M-11.3 M-11.5 M-11.8 M-19.12 M-19.8
; needs quads = 2
; expect E-STREAM-EMPTY cycle 3 pc bad slot 0 operand 1 stream 0 position 5 element 0

        .unchecked
        { vmov.i32 se0, 7 }
        { nop 2 }
bad:    { write.4 me0[0], se0 }
        { halt }
