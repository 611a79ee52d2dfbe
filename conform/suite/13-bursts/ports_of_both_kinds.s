; Read and write ports are different units, and so are those of different slices.
; rules M-13.5 M-13.6 M-14.9
; needs banks >= 2, rows = 64
; expect halt

        .unchecked
        .tensor x: i32[8, 32] @ me0..me3 = each(i, j, 9)
        { vmov.u8 se0, 1, n=4 }
        { nop 1 }
        { write me0[64], se0, n=4  ||  read.4 sw0, me0[0], n=4  ||  nop 1 }
        { halt }
