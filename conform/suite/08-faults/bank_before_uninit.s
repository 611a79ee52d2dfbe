; E-BANK comes before E-UNINIT, though the first load alone would be E-UNINIT.
; rules M-8.1 M-7.7
; expect E-BANK cycle 0 pc 0 slot 1 resource 0 other_pc 0 other_slot 0 other_cycle 0

        .unchecked
        { ld r1, [0]  ||  ld r2, [1] }
        { halt }
