; E-UNIT-BUSY comes before E-HAZARD.
; rules M-19.1
; expect E-UNIT-BUSY cycle 1 pc bad slot 1 resource 265 element 0
;        other_pc first other_slot 0 other_cycle 0 other_landing 3

        .unchecked
first:  { vmov.u8 v0, 7, n=3  ||  mul r1, r2, r3 }
bad:    { add r5, r1, r1  ||  vmov.u8 v0, 8 }
        { halt }
