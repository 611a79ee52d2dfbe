; A body may end with the text: then the loop ends the program.
; rules M-6.13 M-6.18 M-6.8
; expect halt cycle 4
; leaves r1 3

        .unchecked
        { loop 3, end }
        { add r1, r1, 1 }
end:
