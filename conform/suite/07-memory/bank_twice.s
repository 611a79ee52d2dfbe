; Two accesses of one bank in a cycle fault at the later, even when both read one word.
; rules M-7.7 M-2.2 M-8.11 M-8.2
; expect E-BANK cycle 1 pc bad slot 1 resource 0 other_pc bad other_slot 0 other_cycle 1

        .unchecked
        { st [0], r0 }
bad:    { ld r1, [0]  ||  ld r2, [0] }
        { halt }
