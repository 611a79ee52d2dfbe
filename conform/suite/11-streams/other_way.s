; An eastward value never gets west.
; rules M-11.3 M-11.8
; needs quads = 2
; expect E-STREAM-EMPTY cycle 2 pc bad slot 0 operand 1 stream 0 position 3 element 0

        .unchecked
        { vmov.i32 se0, 7 }
        { nop 1 }
bad:    { write.4 mw0[0], se0 }
        { halt }
