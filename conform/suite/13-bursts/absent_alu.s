; An op on a vector ALU that the machine has not makes its bundle illegal.
; rules M-13.11 M-8.7
; needs vxm_alus = 4
; expect E-ILLEGAL cycle 0 pc 0

        .unchecked
        .syllable 0x60008ad1            ; vmov.i32 se0, r0 on V4
        { halt }
