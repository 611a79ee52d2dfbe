; A body has at least one bundle.
; rules M-6.13 M-6.12 M-8.8
; expect E-LOOP cycle 0 pc 0 slot 0 resource 0 address 1

        .unchecked
        { loop 5, end }
end:    { halt }
