; E-DIV comes before E-ASSERT of an earlier unit.
; rules M-8.1 M-8.13
; expect E-DIV cycle 0 pc 0 slot 0 value 0 value2 0

        .unchecked
        { div r1, r2, 0  ||  assert r1, 5  ||  trap 7 }
        { halt }
