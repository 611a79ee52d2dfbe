        .unchecked
        .syllable -1
; error: E-RANGE 19-20: a syllable is an integer of 64 bits
        nop     1
        { nop 1 }
