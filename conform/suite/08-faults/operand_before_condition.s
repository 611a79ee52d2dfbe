; The condition code comes after the registers, in the record as in the order.
; rules M-8.3 M-8.9 M-5.2
; expect E-HAZARD cycle 1 pc bad slot 0 operand 1 resource 2
;        other_pc first other_slot 0 other_cycle 0 other_landing 3

        .unchecked
first:  { mul r2, r3, r4  ||  cmp r1, 5 }
bad:    { sel.lt r5, r1, r2 }
        { halt }
