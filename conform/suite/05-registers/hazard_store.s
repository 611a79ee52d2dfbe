; A store reads what it stores after the registers of its address.
; rules M-5.1 M-8.9 M-8.3
; expect E-HAZARD cycle 1 pc bad slot 0 operand 2 resource 1
;        other_pc first other_slot 0 other_cycle 0 other_landing 3

        .unchecked
first:  { mul r1, r2, r3 }
bad:    { st [r4 * 1 + r5], r1 }
        { halt }
