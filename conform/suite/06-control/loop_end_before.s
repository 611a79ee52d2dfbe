; A body does not end before it starts.
; rules M-6.13 M-6.12 M-8.8
; expect E-LOOP cycle 1 pc bad slot 0 resource 0 address 0

        .unchecked
end:    { nop 1 }
bad:    { loop 5, end }
        { halt }
