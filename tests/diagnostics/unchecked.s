        .unchecked
        nop     1
; error: E-DIRECTIVE 9-11: an `.unchecked` source holds labels, bundles in braces and `.syllable` only
        { nop 1 }
