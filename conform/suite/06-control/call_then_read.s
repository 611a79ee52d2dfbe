; The address of a call lands in the first dead cycle.
; rules M-6.4
; expect halt cycle 4

        .unchecked
        { call r31, deep }
        { trap 1 }
deep:   { assert r31, 1  ||  halt }
