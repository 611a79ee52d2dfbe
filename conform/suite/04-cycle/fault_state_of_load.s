; Nor what stands before a load out of range.
; rules M-4.8 M-8.10
; expect E-RANGE cycle 1 pc bad slot 3 address 4294967295
; leaves r2 0, r3 0, InFlight 0, count bad 0

        .unchecked
        { mov r1, -1 }
bad:    { mov r2, 1  ||  mul r3, r1, r1  ||  add.f32 r4, r1, r1  ||  ld r5, [r1] }
        { halt }
