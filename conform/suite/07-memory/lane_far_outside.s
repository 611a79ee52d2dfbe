; A lane from a register has all its 32 bits.
; rules M-7.5 M-8.10
; expect E-RANGE cycle 1 pc bad slot 0 address 5 value 65536

        .unchecked
        { mov r1, 0x10000 }
bad:    { stl mw0[5], r1, r1 }
        { halt }
