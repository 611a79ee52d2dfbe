; E-TYPE comes before E-ACC-EMPTY, that before E-RANGE.
; rules M-19.1
; needs vxm_alus >= 4, mxm_planes >= 2
; expect E-TYPE cycle 1 pc bad slot 1 operand 1 resource 67 value 1 value2 4 element 0

        .unchecked
        { vmov.u8 v3, 1 }
bad:    { acc.set 0, 5  ||  vmov.i32 v0, v3 !V0  ||  st [r1 + 0x3FFFFFF], r1 }
        { halt }
