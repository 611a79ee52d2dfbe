; Then by operand: the first of two empty sources.
; rules M-19.3 M-19.12
; needs quads = 2, streams >= 16
; expect E-STREAM-EMPTY cycle 0 pc 0 slot 0 operand 1 stream 35 position 4 element 0

        .unchecked
        { vadd.u8.w v0, sw3, se9 }
        { halt }
