; No link is connected.
; rules M-17.17 M-19.9 M-19.1
; expect E-LINK cycle 0 pc bad slot 0 resource 3 element 0

        .unchecked
bad:    { sync 3  ||  vmov.u8 v0, se0 }
        { halt }
