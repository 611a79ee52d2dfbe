; A shifted value leaves four cycles later, not three.
; rules M-17.16 M-11.8
; needs quads = 2
; expect E-STREAM-EMPTY cycle 8 pc bad slot 0 operand 1 stream 32 position 6 element 0

        .unchecked
        { vmov.u8 se0, 1 }
        { nop 3 }
        { shift.up E, sw0, se0, 1 }     ; leaves the switch in 8
        { nop 3 }
bad:    { write me4[0], sw0 }
        { halt }
