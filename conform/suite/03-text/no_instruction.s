; A syllable that is no instruction makes its bundle illegal, when it is fetched.
; rules M-3.2 M-4.4 M-8.7
; expect E-ILLEGAL cycle 1 pc bad

        .unchecked
        { mov r1, 3 }
bad:    .syllable 0x1
        { halt }
