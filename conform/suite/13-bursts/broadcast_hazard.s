; So is a register broadcast on its way.
; rules M-13.3 M-19.11 M-5.1
; expect E-HAZARD cycle 1 pc bad slot 0 operand 1 resource 4 element 0
;        other_pc first other_slot 0 other_cycle 0 other_landing 3

        .unchecked
first:  { mul r4, r1, r1 }
bad:    { vadd.i32.w v0, r1, r4 }
        { halt }
