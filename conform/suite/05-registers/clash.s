; A write that would land no later than one before it to the same register clashes with it.
; rules M-5.3 M-5.6 M-8.16
; expect E-WRITE-CLASH cycle 1 pc bad slot 0 resource 1 address 2
;        other_pc first other_slot 0 other_cycle 0 other_landing 3

        .unchecked
first:  { mul r1, r2, r3 }
bad:    { mov r1, 5 }
        { halt }
