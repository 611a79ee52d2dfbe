; E-ACC-EMPTY comes before E-RANGE.
; rules M-19.1
; needs vxm_alus >= 4, mxm_planes >= 2
; expect E-ACC-EMPTY cycle 1 pc bad slot 0 resource 0 element 0

        .unchecked
        { vmov.u8 v3, 1 }
bad:    { acc.set 0, 5  ||  st [r1 + 0x3FFFFFF], r1 }
        { halt }
