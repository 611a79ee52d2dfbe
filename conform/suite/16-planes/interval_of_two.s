; Elements of 16-bit activations one cycle apart are no encoding.
; rules M-16.23 M-3.2
; expect E-ILLEGAL cycle 0 pc 0

        .unchecked
        .syllable 0x284f05              ; abc.f16 2, se16, d=1
        { halt }
