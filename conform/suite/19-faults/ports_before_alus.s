; Write ports come before vector ALUs, those before planes, those before switches.
; rules M-19.2 M-13.10
; needs quads = 2, streams >= 16, vxm_alus >= 16, mxm_planes >= 2
; expect E-STREAM-EMPTY cycle 0 pc 0 slot 3 operand 1 stream 9 position 5 element 0

        .unchecked
        { shift.up E, sw0, se0, 0  ||  accw 0, 0, sw0  ||  vmov.u8 v5, se3  ||  write me0[0], se9 }
        { halt }
