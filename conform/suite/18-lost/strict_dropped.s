; A strict machine faults in the cycle in which the value is dropped; that cycle has no effect.
; rules M-18.5 M-19.27 M-19.8
; needs quads = 2
; run strict
; expect E-STREAM-LOST cycle 6 pc maker slot 0 stream 0 position 8 element 0
; leaves r1 5, losses 0

        .unchecked
maker:  { vmov.u8 se0, 7 }
        { nop 4 }
        { mov r1, 5 }
        { mov r1, 6 }
        { halt }
