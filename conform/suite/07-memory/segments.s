; What the executable brings counts as written, zeros included, and nothing beyond it.
; rules M-7.11 M-7.9 M-8.12
; expect E-UNINIT cycle 4 pc bad slot 0 address 12

        .unchecked
        .data mw0
        .i32 0, 7, 0
        { ld r1, [0] }
        { ld r2, [1] }
        { ld r3, [2] }
        { nop 1 }
bad:    { ld r4, [3] }
        { halt }
