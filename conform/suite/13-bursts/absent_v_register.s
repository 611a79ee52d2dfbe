; So does a v register that it has not.
; rules M-13.11 M-8.7
; needs vxm_alus = 4
; expect E-ILLEGAL cycle 0 pc 0

        .unchecked
        .syllable 0x44000ad1            ; vmov.i32 se0, v4
        { halt }
