; An address past the length of the text starts no bundle.
; rules M-3.1 M-4.4 M-6.17 M-8.6
; expect E-PC cycle 4 pc 4 address 4 other_pc jump other_slot 0 other_cycle 1

        .unchecked
        { mov r1, 4 }
jump:   { ret r1 }
        { halt }
