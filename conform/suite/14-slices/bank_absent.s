; A bank that the machine has not is out of range: address 0, and no lane.
; rules M-14.5 M-19.17
; needs banks = 1, vxm_alus >= 2
; expect E-RANGE cycle 2 pc bad slot 0 value 64 element 0

        .unchecked
        { vmov.u16 se2, 1  ||  vmov.u8 se4, 1 }
        { nop 1 }
bad:    .syllable 0x2120685             ; scatter me0.1, se4, se2
        { halt }
