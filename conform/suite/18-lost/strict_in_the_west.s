; A strict machine names the last position of the west.
; rules M-18.5 M-19.27 M-19.8
; needs quads = 2
; run strict
; expect E-STREAM-LOST cycle 6 pc maker slot 0 stream 32 position 0 element 0

        .unchecked
maker:  { vmov.u8 sw0, 7 }
        { nop 9 }
        { halt }
