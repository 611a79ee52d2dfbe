; A bundle that the text ends inside is illegal.
; rules M-3.3 M-4.4 M-8.7
; expect E-ILLEGAL cycle 1 pc bad

        .unchecked
        { mov r1, 3 }
bad:    .syllable 0x110008              ; mov r2, 1, no stop bit
