; Of faults of one code the first unit's counts: A0 before A1, A2, however they are written.
; rules M-8.2 M-8.14
; expect E-ASSERT cycle 0 pc 0 slot 2 value 0 value2 3

        .unchecked
        { assert r1, 1 !A2  ||  assert r1, 2 !A1  ||  assert r1, 3 !A0 }
        { halt }
