; So it is for `scatter`.
; rules M-14.4 M-19.17
; needs streams >= 16, vxm_alus >= 4
; expect E-RANGE cycle 2 pc bad slot 0 address 65535 value 64 lane 0 element 0

        .unchecked
        { vmov.u16 se2, 0xFFFF  ||  vmov.u8 se4, 1 }
        { nop 1 }
bad:    { scatter me0.0, se4, se2 }
        { halt }
