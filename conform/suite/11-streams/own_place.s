; A result leaves its place; the op that makes it cannot sample it there: in() of the first hop is what came in.
; rules M-11.5 M-11.6 M-11.8
; needs quads = 2, vxm_alus >= 4
; expect E-STREAM-EMPTY cycle 1 pc bad slot 0 operand 1 stream 0 position 4 element 0

        .unchecked
        { vmov.u8 se0, 7 }
bad:    { vmov.u8 v1, se0 !V1 }
        { halt }
