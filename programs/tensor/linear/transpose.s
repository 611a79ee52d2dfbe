; Transpose of a matrix, i8[320, 320]: ../transpose.s as values. Diagonal k of its 16 x 16 blocks is gathered, rotated by
; k superlanes, turned within superlanes and scattered; rotations in two ways on either switch, `shift` by 0 turns round.
; cycles 96
        .equ blocks = 20                ; superlanes; a matrix is blocks x blocks
        .equ lanes = 16 * blocks
        .input a: i8[lanes, lanes] @ mw0..mw15 layout mxm
        .output t: i8[lanes, lanes] @ me28..me43 layout mxm
        .tensor take: u16[blocks, lanes] @ me0..me1 = each(k, lane, (lane / 16 + k) % blocks)
        .tensor give: u16[blocks, lanes] @ me0..me1 = each(k, lane, (lane / 16 + blocks - k) % blocks)
        .tensor up: u16[blocks, lanes] @ me2..me3 = each(k, lane, (lane + lanes - 16 * k) % lanes)
        .set k = 0
        .rept blocks
        vload   %take, take, row=k, n=1
        vgather %p, %q, %r, %s, a, %take
        vload   %up, up, row=k, n=1
        permute.4 %q, %q, %up !E
        permute.4 %r, %r, %up !W
        shift.up.4 %high, %p, 16 * k !E
        shift.down.4 %low, %p, lanes - 16 * k !E
        vor.u32 %p, %high, %low
        shift.up.4 %high, %s, 16 * k !W
        shift.down.4 %low, %s, lanes - 16 * k !W
        vor.u32 %s, %high, %low
        transpose %p, %q, %r, %s, %p, %q, %r, %s !E
        vload   %give, give, row=k, n=1
        shift.up.2 %give, %give, 0 !E
        vscatter t, %give, %p, %q, %r, %s
        .set k = k + 1
        .endr
