; The last bundle of a body is legal, even where the count is 0.
; rules M-6.14 M-6.19 M-6.12 M-8.8
; expect E-LOOP cycle 0 pc 0 slot 0 resource 0 address 3

        .unchecked
        { loop 0, end }
        { mov r1, 1 }
        .syllable 0x1
end:    { halt }
