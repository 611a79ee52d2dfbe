; The last word of memory is there for loads and stores.
; rules M-2.1 M-7.2
; needs superlanes >= 2, quads >= 2, banks >= 2, rows >= 64
; expect halt

        .unchecked
        { mov r1, 7 }
        { st [16383], r1 }
        { ld r2, [16383] }
        { nop 3 }
        { assert r2, 7  ||  halt }
