; What was issued before is still under way.
; rules M-4.8 M-5.1
; expect E-ASSERT cycle 2 pc bad slot 1 value 5 value2 7
; leaves r2 3, r3 0, InFlight 1, InFlight.register 3, InFlight.landing 4, count bad 0

        .unchecked
        { mov r1, 5  ||  mov r2, 3 }
        { mul r3, r1, r1 }
bad:    { mov r2, 1 !A0  ||  assert r1, 7 !A1 }
        { halt }
