; A v register never written is E-UNINIT.
; rules M-15.5 M-19.22
; needs vxm_alus >= 4
; expect E-UNINIT cycle 0 pc bad slot 0 operand 2 resource 67 address -1 element 0

        .unchecked
bad:    { vadd.u8.w v0, r1, v3 }
        { halt }
