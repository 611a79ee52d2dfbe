; So does a stream that it has not.
; rules M-13.11 M-8.7
; needs streams = 8
; expect E-ILLEGAL cycle 0 pc 0

        .unchecked
        .syllable 0x60100ad1            ; vmov.i32 se8, r0
        { halt }
