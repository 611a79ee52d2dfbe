; E-HAZARD of a later unit comes before E-DIV of an earlier one.
; rules M-8.1
; expect E-HAZARD cycle 1 pc bad slot 1 operand 0 resource 1
;        other_pc first other_slot 0 other_cycle 0 other_landing 4

        .unchecked
first:  { add.f32 r1, r2, r3 }
bad:    { div r4, r2, 0  ||  st [r1], r2 }
        { halt }
