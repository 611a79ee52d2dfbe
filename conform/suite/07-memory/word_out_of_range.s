; The word behind the last one is out of range.
; rules M-7.2 M-8.10
; needs superlanes = 2, quads = 2, banks >= 2, rows = 64
; expect E-RANGE cycle 1 pc bad slot 0 address 16384

        .unchecked
        { st [16383], r1 }
bad:    { ld r1, [16384] }
        { halt }
