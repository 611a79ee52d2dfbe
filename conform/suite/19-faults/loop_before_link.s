; E-LOOP comes before E-LINK, E-LINK before E-UNIT-BUSY.
; rules M-19.1
; expect E-LOOP cycle 1 pc bad slot 0 resource 0 address bad

        .unchecked
        { vmov.u8 v0, 7, n=3 }
bad:    { loop 5, bad  ||  sync 3  ||  vmov.u8 v0, 8 }
        { halt }
