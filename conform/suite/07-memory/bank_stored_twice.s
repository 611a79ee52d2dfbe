; Two stores to one bank in a cycle fault, at the later in unit order.
; rules M-7.7 M-8.11 M-8.2
; expect E-BANK cycle 0 pc 0 slot 0 resource 0 other_pc 0 other_slot 1 other_cycle 0

        .unchecked
        { st [0], r0 !L1  ||  st [5], r0 !L0 }
        { halt }
