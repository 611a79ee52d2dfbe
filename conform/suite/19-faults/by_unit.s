; Faults of one code go by unit number, however they are written: V2 before V5.
; rules M-19.2
; needs quads = 2, streams >= 16, vxm_alus >= 16
; expect E-STREAM-EMPTY cycle 0 pc 0 slot 1 operand 1 stream 9 position 4 element 0

        .unchecked
        { vmov.u8 v5, se3 !V5  ||  vmov.u8 v2, se9 !V2 }
        { halt }
