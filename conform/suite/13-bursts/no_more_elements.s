; A burst has n elements in each of m rounds, and no more.
; rules M-13.1 M-7.9 M-8.12
; needs superlanes = 2, quads = 2, banks >= 2, rows = 64
; expect E-UNINIT cycle 8 pc bad slot 0 address 32837

        .unchecked
        { vmov.u8 se0, 7, n=5 }
        { nop 1 }
        { write me0[0], se0, n=2 }
        { nop 1 }
        { ldl r1, me0[0], 5 }
        { ldl r1, me0[1], 5  ||  nop 1 }
        { nop 2 }
bad:    { ldl r2, me0[2], 5 }
