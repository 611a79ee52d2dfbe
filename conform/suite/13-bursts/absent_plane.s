; A machine with two planes has planes 0 and 2.
; rules M-13.11 M-13.12 M-8.7
; needs mxm_planes = 2
; expect E-ILLEGAL cycle 2 pc bad

        .unchecked
        { iw 0 }
        { iw 2 }
bad:    .syllable 0x303                 ; iw 1
        { halt }
