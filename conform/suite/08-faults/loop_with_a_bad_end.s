; A bad end needs no count to be seen.
; rules M-8.4 M-6.13 M-8.8
; expect E-LOOP cycle 1 pc bad slot 0 resource 0 address 1

        .unchecked
        { mul r1, r2, r3 }
bad:    { loop r1, bad }
        { halt }
