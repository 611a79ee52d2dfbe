; A jump to the length of the text ends the program in the cycle of the fetch.
; rules M-6.18 M-4.3
; expect halt cycle 3

        .unchecked
        { jmp end }
        { trap 1 }
end:
