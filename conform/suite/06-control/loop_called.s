; A loop in a called routine lies outside the body of the caller's, and may end anywhere.
; rules M-6.15 M-6.11
; expect halt

        .unchecked
        { loop 2, end }
        { call r31, deep }
        { nop 1  ||  mov r3, 1 }
        { mov r4, 1 }
end:    { assert r2, 6  ||  halt }
deep:   { loop 3, inner }
        { add r2, r2, 1 }
inner:  { ret r31 }
