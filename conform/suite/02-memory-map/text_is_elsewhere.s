; Memory does not hold the text: at address 0 nothing was ever written.
; rules M-2.4 M-7.9 M-8.12
; expect E-UNINIT cycle 0 pc bad slot 0 address 0

        .unchecked
bad:    { ld r1, [0] }
        { halt }
