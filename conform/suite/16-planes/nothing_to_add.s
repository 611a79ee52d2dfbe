; `acc.add` needs a result as well.
; rules M-16.24 M-19.16
; needs mxm_planes >= 2
; expect E-ACC-EMPTY cycle 1 pc bad slot 0 resource 0 element 0

        .unchecked
        { nop 1 }
bad:    { acc.add 0, 5 }
        { halt }
