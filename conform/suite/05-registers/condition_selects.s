; The condition code lands a cycle after the comparison, and can be read then.
; rules M-5.2 M-4.7
; expect halt cycle 3

        .unchecked
        { mov r3, 5  ||  cmp r1, 1 }
        { sel.lt r2, r3, 6  ||  jge wrong }
        { assert r2, 5  ||  halt }
wrong:  { trap 1 }
