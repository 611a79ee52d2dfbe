; What counts is the width that is there: the wider result has not landed yet.
; rules M-15.3 M-15.4 M-19.14
; needs vxm_alus >= 4
; expect E-TYPE cycle 2 pc bad slot 0 operand 1 resource 66 value 1 value2 4 element 0

        .unchecked
        { vmov.u8 v2, 5 }
        { vadd.u32.w v2, r1, 9 }
bad:    { vmov.u32 v0, v2 }
        { halt }
