; A base register on its way is a hazard.
; rules M-13.3 M-19.11 M-5.1
; expect E-HAZARD cycle 2 pc bad slot 0 operand 0 resource 4 element 0
;        other_pc first other_slot 0 other_cycle 0 other_landing 3

        .unchecked
first:  { mul r4, r1, r1 }
        { nop 1 }
bad:    { read se0, mw0[r4] }
        { halt }
