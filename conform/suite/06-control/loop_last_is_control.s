; The last bundle of a body holds no control op.
; rules M-6.14 M-6.19 M-6.12 M-8.8
; expect E-LOOP cycle 0 pc 0 slot 0 resource 0 address 4

        .unchecked
        { loop 5, end }
        { mov r1, 1 }
        { mov r1, 2  ||  nop 1 }
end:    { halt }
