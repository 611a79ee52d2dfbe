; West of where a value begins its way east nothing comes in.
; rules M-11.5 M-11.8
; needs streams >= 16
; expect E-STREAM-EMPTY cycle 2 pc bad slot 0 operand 2 stream 3 position 1 element 0

        .unchecked
        { vmov.u8 se3, 7 }
        { nop 1 }
bad:    { shift.up W, se8, se3, 0 }
