; A bundle that faulted did not issue.
; rules M-10.2
; expect E-ASSERT cycle 4 pc bad slot 1 value 3 value2 2
; leaves r2 0, count first 3, count bad 0

        .unchecked
        { loop 3, bad }
first:  { add r1, r1, 1 }
bad:    { mov r2, 5  ||  assert r1, 2 }
        { halt }
