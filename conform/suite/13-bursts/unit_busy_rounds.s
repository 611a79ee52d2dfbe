; Gaps between rounds are held, too.
; rules M-13.4 M-13.7 M-19.10 M-13.1
; needs vxm_alus >= 4
; expect E-UNIT-BUSY cycle 13 pc bad slot 0 resource 266 element 0
;        other_pc first other_slot 0 other_cycle 0 other_landing 14

        .unchecked
first:  { vmov.i32 v1, r1, n=2, d=3, m=2, e=10 }
        { nop 12 }
bad:    { vmov.i32 v1, r1 }
        { halt }
