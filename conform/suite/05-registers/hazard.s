; A register cannot be read while a write to it is on its way.
; rules M-5.1 M-5.6 M-8.9 M-19.11
; expect E-HAZARD cycle 2 pc bad slot 0 operand 1 resource 1
;        other_pc first other_slot 0 other_cycle 0 other_landing 3

        .unchecked
first:  { mul r1, r2, r3 }
        { nop 1 }
bad:    { add r4, r5, r1 }
        { halt }
