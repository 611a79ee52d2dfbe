; What is in flight when the text ends still lands.
; rules M-4.3 M-4.10
; expect halt cycle 19
; leaves r3 3

        .unchecked
        { mov r1, 21  ||  mov r2, 7 }
        { div r3, r1, r2 }
