; The condition code is a register: a bundle that jumps by it in the cycle of the comparison reads the old one.
; rules M-5.2 M-4.5
; expect halt cycle 5

        .unchecked
        { cmp r1, 1 || jlt wrong }
        { jlt right }
wrong:  { trap 1 }
right:  { halt }
