; `send` faults when it issues, whatever is on the streams.
; rules M-17.17 M-19.9
; needs streams >= 16
; expect E-LINK cycle 1 pc bad slot 0 resource 15 element 0

        .unchecked
        { nop 1 }
bad:    { send 15, se4 }
        { halt }
