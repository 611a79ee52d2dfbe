; E-LINK comes before E-UNIT-BUSY.
; rules M-19.1
; expect E-LINK cycle 1 pc bad slot 0 resource 3 element 0

        .unchecked
        { vmov.u8 v0, 7, n=3 }
bad:    { sync 3  ||  vmov.u8 v0, 8 }
        { halt }
