; The second syllable of an op is no start of a bundle.
; rules M-3.1 M-4.4 M-6.17 M-8.6
; expect E-PC cycle 4 pc 3 address 3 other_pc jump other_slot 0 other_cycle 1

        .unchecked
        { mov r1, 3 }
jump:   { ret r1 }
        { vmov.i32 v0, 0x12345678 }     ; takes two syllables
        { halt }
