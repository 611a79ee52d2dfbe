; A fault in a cycle leaves the state as it was before: of its bundle nothing has happened but what landed.
; rules M-4.8 M-4.2 M-10.2 M-8.15
; expect E-TRAP cycle 3 pc bad slot 2 value 9
; leaves r1 5, r2 0, r3 10, word 0 7, count bad 0, count first 1

        .unchecked
first:  { mov r1, 5  ||  mov r4, 7 }
        { st [0], r4  ||  add r3, r1, 5 }
        { nop 1 }
bad:    { mov r2, 1  ||  st [0], r1  ||  trap 9 }
        { halt }
