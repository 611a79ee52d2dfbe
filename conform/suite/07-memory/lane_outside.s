; A lane past the last is out of range.
; rules M-7.5 M-8.10
; needs superlanes = 2
; expect E-RANGE cycle 2 pc bad slot 0 address 5 value 32

        .unchecked
        { mov r1, 32  ||  mov r2, 31 }
        { stl mw0[5], r2, r1 }
bad:    { stl mw0[5], r1, r1 }
        { halt }
