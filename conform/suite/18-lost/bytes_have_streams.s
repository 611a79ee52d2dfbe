; Of a group the stream of each lost byte is told.
; rules M-18.3 M-20.1
; needs streams >= 16
; expect halt
; leaves losses 1, Lost 1, Lost.stream 5, Lost.losses 1

        .unchecked
        { vmov.u16 se4, 7 }
        { nop 1 }
        { write me0[0], se4 }
        { nop 9 }
        { halt }
