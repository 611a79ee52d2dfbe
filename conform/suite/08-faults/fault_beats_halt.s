; A fault beats a `halt` of its bundle.
; rules M-8.5 M-8.14
; expect E-ASSERT cycle 1 pc bad slot 0 value 4 value2 5

        .unchecked
        { mov r1, 4 }
bad:    { assert r1, 5  ||  halt }
