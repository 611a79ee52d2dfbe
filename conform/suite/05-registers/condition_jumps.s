; A jump in the cycle of a comparison reads the condition code of before, one in the next the new one.
; rules M-5.2 M-4.5
; expect halt cycle 5

        .unchecked
        { cmp r1, 1  ||  jlt wrong }
        { jlt right }
wrong:  { trap 1 }
right:  { halt }
