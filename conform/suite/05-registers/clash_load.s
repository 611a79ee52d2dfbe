; A load clashes with what it would overtake.
; rules M-5.3 M-5.6 M-8.16
; expect E-WRITE-CLASH cycle 1 pc bad slot 0 resource 1 address 5
;        other_pc first other_slot 0 other_cycle 0 other_landing 18

        .unchecked
x:      .i32 5
first:  { div r1, r2, 3 }
bad:    { ld r1, [x] }
        { halt }
