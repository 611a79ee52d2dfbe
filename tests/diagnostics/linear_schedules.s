; Linear tensor code that has no schedule.
        .tensor x: f32[64, 320] @ mw0..mw3
        .tensor y: f32[64, 320] @ mw0..mw3
        .tensor z: f32[64, 320] @ me0..me3
        .tensor long: f32[512, 320] @ mw8..mw11
        .tensor out: f32[512, 320] @ me4..me7
        vload   %a, x
        vload   %b, y
        vadd.f32 %c, %a, %b
        vstore  z, %c
        .cycles 0
        vload   %a, z
        vrelu.f32 %b, %a
; error: E-STREAM 19-20: nothing takes `%b`
; help: store it, or leave the line out
        .cycles 0
        vload   %a, x
        vstore  x, %a
        .cycles 0
        vload   %a, x
        vrelu.f32 %b, %a !cycle=2
; error: E-PIN 9-17: `vrelu.f32` cannot issue in cycle 2; 3 is the first in which it can
; help: write `!cycle=3`, or pin what it waits for earlier
        vstore  z, %b
        .cycles 0
        vload   %a, x
        vrelu.f32 %b, %a !V16
; error: E-PIN 26-29: `!V16` is no unit or register for `vrelu.f32`
; help: its units are V0 V1 V2 V3 V4 V5 V6 V7 V8 V9 V10 V11 V12 V13 V14 V15
        vstore  z, %b
        .cycles 0
        vload   se0, x
        vrelu.f32 sw0, se0
; error: E-STREAM 19-21: nothing takes this value from sw0
; help: write `%name` in its place, and the assembler chooses where it goes
        vstore  z, sw0
        .cycles 0
        vload   %a, long
; error: E-SCHEDULE 9-13: 27 vector ALUs (7 of them for what waits) are needed at once; lpu1 has 16
; note 38:17-18: `%a` takes 8 units to wait until `vadd.f32` in line 47
; help: let less wait: store a value and load it again further down, or split the run: `nop 1` ends it
        vexp.f32 %b, %a
        .rept 8
        vexp.f32 %b, %b
        .endr
        vrelu.f32 %c, %a
        vadd.f32 %b, %b, %a
        .rept 8
        vexp.f32 %b, %b
        .endr
        vadd.f32 %f, %b, %c
        vstore  out, %f
        .cycles 0
        vload   %a, long
        .rept 5
        reduce.max.f32 %b, %a
; error: E-SCHEDULE 9-22: 3 units to reduce over lanes are needed at once; a switch has 2
; help: what shares values runs at once: store a value half-way, and load it again further down
        vsub.f32 %a, %a, %b
        .endr
        vstore  out, %a
        .cycles 0
        vload   %a, x
        vmov.f32 %d, %a !E
; error: E-PIN 25-26: `!E` is no unit or register for `vmov.f32`
; help: its units are V0 V1 V2 V3 V4 V5 V6 V7 V8 V9 V10 V11 V12 V13 V14 V15
        shift.up.4 %d, %a, 0 !N
; error: E-PIN 30-31: `!N` is no unit or register for `shift.up.4`
; help: its units are W.sh0 W.sh1
        vstore  z, %d
        add     %d, r1, 1
; error: E-REGISTER 17-18: `%d` is no register
; note 64:18-19: it is a value of streams here
; help: give one of them another name
        mov     %r, 1
        vload   %r, x
; error: E-REGISTER 17-18: `%r` flows in no stream
; note 75:17-18: it is a register here
; help: give one of them another name
