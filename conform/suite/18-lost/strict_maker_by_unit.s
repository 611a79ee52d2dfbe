; Of several values lost in a cycle the first by unit number of the maker counts.
; rules M-19.29 M-18.5
; needs quads = 2, streams >= 16, vxm_alus >= 16
; run strict
; expect E-STREAM-LOST cycle 6 pc maker slot 1 stream 9 position 8 element 0

        .unchecked
maker:  { vmov.u8 se3, 7 !V5  ||  vmov.u8 se9, 7 !V2 }
        { nop 9 }
        { halt }
