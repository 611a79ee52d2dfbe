; The order of units is A0 A1 A2 M0 F0 F1 L0 L1 B0.
; rules M-8.2 M-8.9
; expect E-HAZARD cycle 1 pc bad slot 3 operand 0 resource 1
;        other_pc first other_slot 0 other_cycle 0 other_landing 18

        .unchecked
first:  { div r1, r2, 3 }
bad:    { ret r1  ||  st [0], r1 !L1  ||  add.f32 r5, r1, r1 !F0  ||  mul r6, r1, r1 }
        { halt }
