; A byte never written that a map names is told by its address and lane.
; rules M-14.8 M-14.3 M-19.21
; needs superlanes = 2, quads = 2, banks >= 2, rows = 64, streams >= 16
; expect E-UNINIT cycle 4 pc bad slot 0 address 32880 lane 16 element 0

        .unchecked
        { st [8192 + 24], r0 }          ; row 3 of me0: the first superlane
        { st [8192 + 25], r0 }
        { st [8192 + 26], r0  ||  vmov.u16 se2, 3 }
        { st [8192 + 27], r0 }
bad:    { gather sw4, me0.0, se2 }
        { halt }
