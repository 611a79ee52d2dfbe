; Illegal bundles that are never fetched do no harm, not even in the dead cycles of a jump.
; rules M-3.5 M-6.2
; expect halt cycle 5

        .unchecked
        { nop 1 }
        { jmp done }
        .syllable 0x1
        .syllable 0x110008              ; mov r2, 1 on A0
        .syllable 0x118009              ; mov r3, 1 on A0, with the stop bit
done:   { halt }
        .syllable 0x1
