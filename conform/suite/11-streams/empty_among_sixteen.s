; `transpose` needs each of its sixteen streams.
; rules M-11.8 M-11.11 M-19.12
; needs quads = 2, streams >= 16, vxm_alus >= 16
; expect E-STREAM-EMPTY cycle 4 pc bad slot 0 operand 2 stream 13 position 7 element 0

        .unchecked
        { vmov.i32 se0, 1  ||  vmov.i32 se4, 1  ||  vmov.i32 se8, 1  ||  vmov.u8 se12, 1  ||  vmov.u16 se14, 1 }
        { nop 3 }
bad:    { transpose E, sw0, se0 }
        { halt }
