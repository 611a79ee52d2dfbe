; Elements of bursts that meet in a bank are told as elements of ops, with the cycle they issued in.
; rules M-19.30 M-19.20 M-19.4 M-19.6 M-14.7
; needs quads = 2, banks >= 2, rows = 64
; expect E-BANK cycle 4 pc second slot 0 resource 16 element 2
;        other_pc first other_slot 0 other_cycle 4 other_element 3

        .unchecked
        .tensor x: u8[64, 32] @ me0 = each(i, j, 9)
        { vmov.u8 se0, 7, n=9 }
first:  { read sw0, me0[3], n=5, stride=20 }  ; rows 3, 23, 43, 63 in 4, where bank 0 ends
second: { write me0[80], se0, n=5, stride=-10 }  ; rows 80, 70, 60 in 4
        { nop 9 }
        { halt }
