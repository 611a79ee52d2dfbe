; Ops of one bundle see the state before it: two moves swap, and a jump reads the condition of before.
; rules M-4.5 M-4.2
; expect halt cycle 8

        .unchecked
        { mov r1, 7  ||  mov r2, 9  ||  nop 1 }
        { mov r1, r2  ||  mov r2, r1  ||  mov r3, r1 }
        { assert r1, 9  ||  assert r2, 7  ||  assert r3, 7 }
        { cmp r1, r2  ||  jne wrong }   ; the condition is still equal, as it began
        { jne right }
wrong:  { trap 1 }
right:  { halt }
