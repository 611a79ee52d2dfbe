; Each condition after an integer comparison, signed and unsigned: -1 against 1.
; rules M-6.2 M-9.10
; expect halt

        .unchecked
        { mov r1, -1  ||  mov r2, 1  ||  mov r3, 0xAAAA }
        { cmp r1, r2 }
        .irp yes, lt, le, ne, gtu, geu
        { sel.\yes r4, r3, 7 }
        { assert r4, 0xAAAA }
        .endr
        .irp no, gt, ge, eq, ltu, leu
        { sel.\no r4, r3, 7 }
        { assert r4, 7 }
        { j\no wrong }
        .endr
        { jlt a }
        { trap 1 }
a:      { jle b }
        { trap 1 }
b:      { jne c }
        { trap 1 }
c:      { jgtu d }
        { trap 1 }
d:      { jgeu e }
wrong:  { trap 1 }
e:      { halt }
