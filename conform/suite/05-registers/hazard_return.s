; `ret` reads its register under the rule of hazards, too.
; rules M-5.1 M-6.5
; expect E-HAZARD cycle 1 pc bad slot 0 operand 0 resource 1
;        other_pc first other_slot 0 other_cycle 0 other_landing 3

        .unchecked
first:  { mul r1, r2, r3 }
bad:    { ret r1 }
        { halt }
