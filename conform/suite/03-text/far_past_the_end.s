; All 32 bits of an address count.
; rules M-3.1 M-4.4 M-6.5 M-6.17 M-8.6
; expect E-PC cycle 4 pc 4294967295 address 4294967295 other_pc jump other_slot 0 other_cycle 1

        .unchecked
        { mov r1, -1 }
jump:   { ret r1 }
        { halt }
