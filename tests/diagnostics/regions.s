        nop     3
        .cycles 7
; error: E-CYCLES 9-15: this region issues in 3 cycles, not in 7
; note 1:9-11: the region begins here
; help: write `.cycles 3` if that is what is meant
        .assert 1 == 2, "never"
; error: E-ASSERT 9-15: never
