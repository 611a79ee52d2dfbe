        add     r1, r2, r3 !A3
; error: E-PIN 28-30: `!A3` is no unit or register for `add`
; help: its units are A0 A1 A2
        div.f32 r1, r2, r3 !F1
; error: E-PIN 28-30: `div.f32` does not run on F1
; help: it runs on F0
        add     r1, r2, r3 !unit=4
; error: E-PIN 28-34: `!unit=` is not a pin
; help: a pin is a unit, a register or `!cycle=N`
        add     r1, r2, r3 !cycle
; error: E-PIN 28-33: `!cycle` needs a cycle that is not negative
; help: write `!cycle=12`
        add     r1, r2, r3 !cycle=-1
; error: E-PIN 28-36: `!cycle` needs a cycle that is not negative
; help: write `!cycle=12`
        add     r1, r2, r3 !r4
; error: E-PIN 28-30: `!r4` differs from the register that `add` writes
        cmp     r1, r2 !r4
; error: E-PIN 24-26: `cmp` writes no register, so none can be pinned
