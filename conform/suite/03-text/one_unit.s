; Two ops of a bundle on one unit make it illegal.
; rules M-3.4 M-4.4 M-8.7
; expect E-ILLEGAL cycle 1 pc bad

        .unchecked
        { mov r1, 3 }
bad:    .syllable 0x110008              ; mov r2, 1 on A0
        .syllable 0x118009              ; mov r3, 1 on A0, with the stop bit
        { halt }
