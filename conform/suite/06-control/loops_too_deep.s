; Four loops are all there is room for.
; rules M-6.16 M-6.12 M-8.8
; expect E-LOOP cycle 4 pc bad slot 0 resource 4 address 6

        .unchecked
        { loop 2, a }
        { loop 2, b }
        { loop 2, c }
        { loop 2, d }
bad:    { loop 2, e }
        { mov r1, 1 }
e:      { mov r1, 1 }
d:      { mov r1, 1 }
c:      { mov r1, 1 }
b:      { mov r1, 1 }
a:      { halt }
