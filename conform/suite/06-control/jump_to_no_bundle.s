; A jump to an address that starts no bundle faults in the cycle of the fetch; the jump is the other party.
; rules M-6.17 M-6.3 M-8.6
; expect E-PC cycle 4 pc 4 address 4 other_pc jump other_slot 1 other_cycle 1

        .unchecked
        { nop 1 }
jump:   { mov r1, 1  ||  jmp 4 }
        { mov r1, 1  ||  mov r2, 2 }
        { halt }
