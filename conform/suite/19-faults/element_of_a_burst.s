; Of a burst begun earlier the record names the op where it was issued, the element and the cycle of the fault.
; rules M-19.4 M-19.5 M-19.12
; needs quads = 2
; expect E-STREAM-EMPTY cycle 7 pc second slot 1 operand 1 stream 0 position 5 element 3

        .unchecked
        { vmov.u8 se0, 7, n=5 }
        { nop 1 }
        { nop 1 }
        { nop 1 }
second: { nop 1  ||  write me0[0], se0, n=9 }
        { nop 9 }
        { halt }
