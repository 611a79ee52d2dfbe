; Two ops of one bundle that hold one unit make it illegal: here the port of me1.
; rules M-13.8 M-13.6 M-3.4
; expect E-ILLEGAL cycle 0 pc 0

        .unchecked
        .syllable 0x4000080000480       ; read.2 se0, me0[0]
        .syllable 0x4000482005081       ; read se4, me1[5], with the stop bit
        { halt }
