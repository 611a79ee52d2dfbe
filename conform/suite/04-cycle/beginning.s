; All registers begin as 0, the condition code as equal, the text at 0.
; rules M-4.1
; expect halt cycle 12

        .unchecked
        { jne wrong }
        .irp group, 0, 3, 6, 9, 12, 15, 18, 21, 24
        { assert r\group, 0  ||  assert r\group, 0  ||  assert r\group, 0 }
        .endr
        { assert r30, 0  ||  assert r31, 0 }
        { halt }
wrong:  { trap 1 }
