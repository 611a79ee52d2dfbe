; E-STREAM-EMPTY comes before E-TYPE, E-ACC-EMPTY and E-RANGE, whatever their units.
; rules M-19.1
; needs quads = 2, vxm_alus >= 4, mxm_planes >= 2
; expect E-STREAM-EMPTY cycle 1 pc bad slot 2 operand 2 stream 0 position 7 element 0

        .unchecked
        { vmov.u8 v3, 1 }
bad:    { vmov.i32 v0, v3 !V0  ||  acc.set 0, 5  ||  shift.up E, sw0, se0, 0  ||  st [r1 + 0x3FFFFFF], r1 }
        { halt }
