; Reading it wider than it was last written is a fault of types.
; rules M-15.4 M-19.14
; needs vxm_alus >= 4
; expect E-TYPE cycle 2 pc bad slot 0 operand 2 resource 66 value 2 value2 4 element 0

        .unchecked
        { vmov.u32 v2, 5 }
        { vmov.u16 v2, 5 }
bad:    { vadd.u32.w v0, r1, v2 }
        { halt }
