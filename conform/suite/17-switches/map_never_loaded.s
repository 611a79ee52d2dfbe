; Using a map register never loaded is E-UNINIT.
; rules M-17.10 M-19.24
; needs quads = 2
; expect E-UNINIT cycle 4 pc bad slot 0 resource 2 address -1 element 0

        .unchecked
        { vmov.u8 se0, 1 }
        { nop 3 }
bad:    { permute E, sw0, se0, 2 }
        { halt }
