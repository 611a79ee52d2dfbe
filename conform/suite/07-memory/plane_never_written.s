; Of a lane access the lowest plane never written is named.
; rules M-7.9 M-8.12
; needs superlanes = 2, banks >= 2, rows = 64
; expect E-UNINIT cycle 1 pc bad slot 0 address 4101

        .unchecked
        { stl mw0[0], 5, r0  ||  stl mw2[0], 5, r0 }
bad:    { ldl.4 r1, mw0[0], 5 }
        { halt }
