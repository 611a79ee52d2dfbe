; A weight load samples sixteen streams, and faults at the first that is empty.
; rules M-11.8 M-11.11 M-19.12
; needs quads = 2, streams >= 16, vxm_alus >= 16, mxm_planes >= 2
; expect E-STREAM-EMPTY cycle 5 pc bad slot 0 operand 1 stream 7 position 8 element 0

        .unchecked
        { vmov.i32 se0, 1  ||  vmov.u8 se4, 1  ||  vmov.u8 se5, 1  ||  vmov.u8 se6, 1  ||  vmov.i32 se8, 1  ||  vmov.i32 se12, 1 }
        { nop 4 }
bad:    { lw.i8 2, se0 }
        { halt }
