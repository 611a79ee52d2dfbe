; L1 comes before B0, F1 before L0.
; rules M-8.2 M-8.9
; expect E-HAZARD cycle 1 pc bad slot 1 operand 1 resource 1
;        other_pc first other_slot 0 other_cycle 0 other_landing 18

        .unchecked
first:  { div r1, r2, 3 }
bad:    { ret r1  ||  add.f32 r5, r2, r1 !F1  ||  st [0], r1 !L0 }
        { halt }
