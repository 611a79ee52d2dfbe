; A group that starts at no multiple of its size is no encoding: the bundle is illegal.
; rules M-11.4 M-3.2
; expect E-ILLEGAL cycle 1 pc bad

        .unchecked
        { nop 1 }
bad:    .syllable 0x60020ad1            ; vmov.i32 se1, r0
        { halt }
