; While the count is on its way only checks that do not need it can give E-LOOP; else it is E-HAZARD.
; rules M-8.4 M-6.12 M-8.9
; expect E-HAZARD cycle 5 pc bad slot 0 operand 0 resource 1
;        other_pc first other_slot 0 other_cycle 4 other_landing 7

        .unchecked
        { loop 2, a }
        { loop 2, b }
        { loop 2, c }
        { loop 2, d }
first:  { mul r1, r2, r3 }
bad:    { loop r1, e }
        { mov r2, 1 }
e:      { mov r2, 1 }
d:      { mov r2, 1 }
c:      { mov r2, 1 }
b:      { mov r2, 1 }
a:      { halt }
