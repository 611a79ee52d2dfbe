what:   .wrod   3
; error: E-DIRECTIVE 9-13: `.wrod` is not a directive
; help: did you mean `.row`?
        .output what
        ld      r1, [what]
        mov     r1, 7 && 0 || 1
; error: E-SYNTAX 28-29: `||` separates the ops of a bundle, and this line is in none
; help: put braces around the bundle; a logical or is written in parentheses
