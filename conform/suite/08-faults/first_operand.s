; Of two registers on their way the first operand's counts.
; rules M-8.3 M-8.9
; expect E-HAZARD cycle 2 pc bad slot 0 operand 0 resource 1
;        other_pc second other_slot 0 other_cycle 1 other_landing 4

        .unchecked
        { mul r2, r3, r4 }
second: { mul r1, r3, r4 }
bad:    { add r5, r1, r2 }
        { halt }
