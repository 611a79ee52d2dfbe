; What stands before a failing `assert` in its bundle has not happened.
; rules M-4.8 M-8.14
; expect E-ASSERT cycle 1 pc bad slot 1 value 5 value2 7
; leaves r2 0, InFlight 0, count bad 0

        .unchecked
        { mov r1, 5 }
bad:    { mov r2, 1 !A0  ||  assert r1, 7 !A1 }
        { halt }
