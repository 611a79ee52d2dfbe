; E-WRITE-CLASH comes before E-STREAM-CLASH.
; rules M-19.1
; needs vxm_alus >= 4
; expect E-WRITE-CLASH cycle 0 pc 0 slot 3 resource 1 address 1
;        other_pc 0 other_slot 2 other_cycle 0 other_landing 1

        .unchecked
        { vmov.u8 se0, 1 !V0  ||  vmov.u8 se0, 2 !V1  ||  mov r1, 1  ||  mov r1, 2 }
        { halt }
