; Element (j, i) has the number j*n + i.
; rules M-13.1 M-19.5
; needs quads = 2
; expect E-STREAM-EMPTY cycle 12 pc second slot 0 operand 1 stream 0 position 5 element 4

        .unchecked
        { vmov.u8 se0, 7, n=9 }
        { nop 1 }
second: { write me0[0], se0, n=3, m=2, e=9 }  ; in 2, 3, 4, 11, 12
        { nop 5 }
        { nop 1 }
        { vmov.u8 se0, 7 }              ; one more, at me0 in 11
        { nop 9 }
        { halt }
