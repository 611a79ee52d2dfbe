        .timeline
; error: E-TIMELINE 9-17: `.timeline` is never closed
; help: close it with `.endtimeline`
        @0      nop 1
