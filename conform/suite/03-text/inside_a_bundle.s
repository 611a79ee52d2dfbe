; The second op of a bundle is no start of one.
; rules M-3.1 M-4.4 M-6.17 M-8.6
; expect E-PC cycle 4 pc 3 address 3 other_pc jump other_slot 0 other_cycle 1

        .unchecked
        { mov r1, 3 }
jump:   { ret r1 }
        { mov r2, 1  ||  mov r3, 2 }
        { halt }
