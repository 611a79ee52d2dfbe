; A byte never written is named by the first slice, then the first lane.
; rules M-14.8 M-19.21
; needs superlanes >= 2
; expect E-UNINIT cycle 2 pc bad slot 0 address 20 lane 20 element 0

        .unchecked
        .tensor a: u8[1, 32] @ mw1 = each(i, j, 9)
        .tensor b: u8[1, 32] @ mw3 = each(i, j, 9)
x:      .i32 0
        .data mw0.0
        .i32 1, 2, 3, 4, 5
        { stl mw2[0], 0, r0 }
        { nop 1 }
bad:    { read.4 se0, mw0[0] }
        { halt }
