; With `uninit=zero` its entries are 0: every lane takes lane 0.
; rules M-17.10
; needs superlanes >= 2, quads = 2, banks >= 2, rows >= 64
; run uninit=zero
; expect halt

        .unchecked
        .tensor x: u8[1, 32] @ me4 = each(i, j, 100 + j)
        { read se0, me4[0] }
        { nop 2 }
        { permute E, sw0, se0, 2 }
        { nop 4 }
        { write me4[70], sw0 }
        { ldl r1, me4[70], 0 }
        { ldl r2, me4[70], 31 }
        { nop 3 }
        { assert r1, 100  ||  assert r2, 100  ||  halt }
