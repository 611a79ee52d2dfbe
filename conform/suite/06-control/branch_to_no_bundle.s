; A branch to such an address does no harm while it is not taken.
; rules M-6.17 M-6.1
; expect halt cycle 3

        .unchecked
        { jne 3 }
        { nop 1 }
        { halt }
