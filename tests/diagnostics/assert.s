        .assert 1 == 2, "never"
; error: E-ASSERT 9-15: never
