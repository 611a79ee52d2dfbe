; An entry past the bank is out of range: the first such superlane is named; entries of other lanes do not matter.
; rules M-14.4 M-19.17 M-19.3
; needs superlanes >= 2, rows = 64, streams >= 16
; expect E-RANGE cycle 4 pc bad slot 0 address 64 value 65 lane 16 element 0

        .unchecked
        .tensor t: u8[64, 32] @ me1.0 = each(i, j, 1)
        .tensor map: u16[1, 32] @ mw0..mw1 = each(i, j, j == 5 ? 999 : j == 16 ? 64 : 3)
        { read.2 se2, mw0[0] }
        { nop 3 }
bad:    { gather sw4, me1.0, se2 }
        { halt }
