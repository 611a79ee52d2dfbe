; Of several writes on their way the other party is the one issued last.
; rules M-5.1 M-5.5 M-5.6
; expect E-HAZARD cycle 17 pc bad slot 0 operand 0 resource 1
;        other_pc last other_slot 0 other_cycle 16 other_landing 19

        .unchecked
        { div r1, r2, 3 }
        { nop 15 }
last:   { mul r1, r2, r3 }
bad:    { add r4, r1, r5 }
        { halt }
