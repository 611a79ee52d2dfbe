; Nested loops do not share their last bundle.
; rules M-6.15 M-6.12 M-8.8
; expect E-LOOP cycle 1 pc bad slot 0 resource 1 address 3

        .unchecked
        { loop 2, end }
bad:    { loop 2, end }
        { mov r1, 1 }
end:    { halt }
