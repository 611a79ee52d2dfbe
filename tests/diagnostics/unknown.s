what:   .wrod   3
; error: E-DIRECTIVE 9-13: `.wrod` is not a directive
; help: did you mean `.row`?
        .output what
        ld      r1, [what]
