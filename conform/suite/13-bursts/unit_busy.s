; A unit is held from the first element to the last, gaps included.
; rules M-13.4 M-13.7 M-19.10 M-13.10
; expect E-UNIT-BUSY cycle 3 pc bad slot 0 resource 265 element 0
;        other_pc first other_slot 0 other_cycle 0 other_landing 5

        .unchecked
first:  { vmov.i32 v0, r1, n=3, d=2 }
        { nop 2 }
bad:    { vmov.i32 v0, r1 }
        { halt }
