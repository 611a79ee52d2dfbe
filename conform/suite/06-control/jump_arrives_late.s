; A jump takes effect on the next fetch: what is wrong there is found then, and a landing in a dead cycle happens.
; rules M-6.3 M-6.2
; expect E-ILLEGAL cycle 4 pc bad
; leaves r3 42

        .unchecked
        { mov r1, 6  ||  mov r2, 7 }
        { mul r3, r1, r2  ||  jmp bad }
        { halt }
bad:    .syllable 0x1
