; A load of a word of which one byte was never written faults, naming that byte.
; rules M-7.9 M-8.12
; expect E-UNINIT cycle 3 pc bad slot 0 address 2

        .unchecked
        { stl mw0[0], 0, r0 }
        { stl mw0[0], 1, r0 }
        { stl mw0[0], 3, r0 }
bad:    { ld r1, [0] }
        { halt }
