; And no 16-bit matrix ops.
; rules M-13.12 M-8.7
; needs mxm_planes = 2
; expect E-ILLEGAL cycle 0 pc 0

        .unchecked
        .syllable 0x200100f05           ; abc.f16 0, sw0
        { halt }
