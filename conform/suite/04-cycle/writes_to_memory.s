; A word stored in a cycle is read in the next; one loaded in the cycle before is the old one.
; rules M-4.6 M-9.1
; expect halt cycle 8

        .unchecked
x:      .i32 5
        { mov r1, 6  ||  ld r2, [x] }
        { st [x], r1 }
        { ld r3, [x] }
        { nop 3 }
        { assert r2, 5  ||  assert r3, 6 }
        { halt }
