; Two accesses meet in a bank wherever it is among those of the wider one.
; rules M-7.8 M-7.7 M-8.11
; needs banks >= 2
; expect E-BANK cycle 0 pc 0 slot 1 resource 6 other_pc 0 other_slot 0 other_cycle 0

        .unchecked
        { stl mw3[1], 1, r0 !L0  ||  stl.4 mw0[0], 0, r0 !L1 }
        { halt }
