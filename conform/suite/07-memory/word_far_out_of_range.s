; Addresses are unsigned: one below 0 is out of range.
; rules M-7.1 M-7.2 M-8.10
; expect E-RANGE cycle 1 pc bad slot 0 address 4294967295

        .unchecked
        { mov r1, -1 }
bad:    { st [r1], r1 }
        { halt }
