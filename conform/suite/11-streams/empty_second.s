; Of a group that lacks one byte the first stream that is empty is named.
; rules M-11.8 M-19.12
; needs quads = 2, vxm_alus >= 4
; expect E-STREAM-EMPTY cycle 2 pc bad slot 0 operand 1 stream 1 position 5 element 0

        .unchecked
        { vmov.u8 se0, 1  ||  vmov.u8 se2, 1 }
        { nop 1 }
bad:    { write.4 me0[0], se0 }
        { halt }
