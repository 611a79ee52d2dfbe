; Ops of a bundle before the one at fault have not happened either: nothing of them is in flight.
; rules M-4.8 M-8.13
; expect E-DIV cycle 1 pc bad slot 2 value 5 value2 0
; leaves r2 0, InFlight 0, count bad 0

        .unchecked
        { mov r1, 5 }
bad:    { mov r2, 1  ||  add.f32 r4, r1, r1  ||  div r3, r1, 0 }
        { halt }
