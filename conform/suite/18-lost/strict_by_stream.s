; Then the first by stream.
; rules M-19.29 M-18.5 M-18.3
; needs quads = 2, streams >= 16
; run strict
; expect E-STREAM-LOST cycle 6 pc maker slot 0 stream 5 position 8 element 0

        .unchecked
maker:  { vmov.u32 se4, 7 }
        { nop 3 }
        { shift.up E, sw0, se4, 0 }     ; se4 was sampled
        { nop 9 }
        { halt }
