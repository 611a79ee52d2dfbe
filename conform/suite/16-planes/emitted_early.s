; What is emitted leaves two cycles later, not one.
; rules M-16.27 M-16.32 M-11.8
; needs quads = 2, mxm_planes >= 2
; expect E-STREAM-EMPTY cycle 9 pc bad slot 0 operand 1 stream 32 position 5 element 0

        .unchecked
        { vmov.i32 se0, 7 }
        { nop 3 }
        { nop 1 }
        { accw 2, 0, se0 }
        { accr 2, 0, sw0 }              ; in 6: leaves in 8, at me0 in 11
        { nop 2 }
bad:    { write.4 me0[0], sw0 }
        { halt }
