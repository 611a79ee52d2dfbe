; What was at the last position is dropped: sampled there, it is gone in the next cycle.
; rules M-12.2 M-11.8
; needs quads = 2, mxm_planes >= 2
; expect E-STREAM-EMPTY cycle 6 pc bad slot 0 operand 2 stream 0 position 8 element 0

        .unchecked
        { vmov.i32 se0, 7 }
        { nop 4 }
        { accw 2, 0, se0 }
bad:    { accw 2, 0, se0 }
        { halt }
