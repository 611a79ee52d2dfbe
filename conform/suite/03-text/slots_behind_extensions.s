; The slot of an op is its number in the bundle, however many syllables come before it.
; rules M-8.15 M-3.1
; needs vxm_alus >= 4
; expect E-TRAP cycle 0 pc 0 slot 2 value 9

        .unchecked
        { vmov.i32 v0, 0x12345678  ||  vmov.i32 v1, 0x12345678  ||  trap 9 }
        { halt }
