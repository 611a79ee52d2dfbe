; E-RANGE comes before E-BANK, E-BANK before E-UNINIT.
; rules M-8.1
; expect E-RANGE cycle 1 pc bad slot 1 address 0 value 4294967295

        .unchecked
        { mov r1, -1 }
bad:    { ldl r2, mw0[0], 0  ||  ldl.4 r3, mw0[0], r1  ||  assert r1, 5 }
        { halt }
