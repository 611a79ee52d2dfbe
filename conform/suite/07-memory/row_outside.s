; A row past the banks of a slice is out of range.
; rules M-7.5 M-8.10
; needs banks >= 2, rows = 64
; expect E-RANGE cycle 2 pc bad slot 0 address 128 value 3

        .unchecked
        { mov r1, 127 }
        { stl mw0[r1], 3, r1 }
bad:    { stl mw0[r1 + 1], 3, r1 }
        { halt }
