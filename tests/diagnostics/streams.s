        .machine lpu-tiny
        .tensor x: f32[4, 32] @ mw0..mw3
        .data
p:      .i32    1
        .text
        { read  se32, mw0[x] }
; error: E-STREAM 17-20: lpu-tiny has no stream se32; it has se0 to se31
        { read  SW99, mw0[x] }
; error: E-STREAM 17-20: lpu-tiny has no stream sw99; it has sw0 to sw31
        { vmov.i32 v16, se0 }
; error: E-REGISTER 20-22: lpu-tiny has no v16; it has v0 to v15
        { vmov.i32 se0, v3000000000 }
; error: E-REGISTER 25-35: lpu-tiny has no v3000000000; it has v0 to v15
        { vmov.i32 se0, r32 }
; error: E-REGISTER 25-27: there is no register r32; registers are r0 to r31
        { vadd.i32.w se0, se4, %a }
; error: E-STREAM 32-33: `%a` has no place: ops of the tensor face name their streams and registers
; help: name a stream such as se0 or sw4, a v register, or r0 to r31
        { read.4 se6, mw0[x] }
; error: E-STREAM 18-20: `read.4`: se6 starts no group of 4 streams; those start at a multiple of 4
; help: near it are se4 and se8
        { read.4 sw5, mw0[x] n=4 }
; error: E-STREAM 18-20: `read.4`: sw5 starts no group of 4 streams; those start at a multiple of 4
; help: near it are sw4 and sw8
        { write.2 mw0[x], se31 }
; error: E-STREAM 27-30: `write.2`: se31 starts no group of 2 streams; those start at a multiple of 2
; help: near it is se30
        { write mw0[x], v3 }
; error: E-OPERAND 25-26: operand 2 of `write` is v3; it must be a stream
        { read  r3, mw0[x] }
; error: E-OPERAND 17-18: operand 1 of `read` is r3; it must be a stream
        { vadd.f32 r3, se0, se4 }
; error: E-OPERAND 20-21: operand 1 of `vadd.f32` is r3; it must be a stream or a v register
        { vadd.f32 v3, se0, se4 !V5 }
; error: E-PIN 33-35: `!V5` is not the unit of `vadd.f32`, which is V3 already
; help: only V3 writes v3; another unit writes a stream
        { vadd.f32 v3, se0, se4 !A1 }
; error: E-PIN 33-35: `!A1` is no unit or register for `vadd.f32`
; help: its units are V0 V1 V2 V3 V4 V5 V6 V7 V8 V9 V10 V11 V12 V13 V14 V15
        { vadd.f32 v3, se0, se4 !r4 }
; error: E-PIN 33-35: `vadd.f32` writes no register, so none can be pinned
        { abc.i8 0, se3 }
; error: E-STREAM 21-23: `abc.i8`: plane 0 samples streams that flow west, not se3
; help: sw3 flows the other way
        { abc.i8 2, sw3 }
; error: E-STREAM 21-23: `abc.i8`: plane 2 samples streams that flow east, not sw3
; help: se3 flows the other way
        { acc.emit 0, sw4 }
; error: E-STREAM 23-25: `acc.emit`: plane 0 answers on streams that flow east, not sw4
; help: se4 flows the other way
        { lw.i8 0, sw8 }
; error: E-STREAM 20-22: `lw.i8`: sw8 starts no group of 16 streams; those start at a multiple of 16
; help: near it are sw0 and sw16
        { abc.f16 1, sw2 }
; error: E-PLACE 19-19: `abc.f16`: plane 1 is the second of its pair; a 16-bit type names the first
; help: write 0
        { abc.f16 0, sw2 n=5 d=1 }
; error: E-RANGE 30-32: `abc.f16`: d is 1; its elements are at least 2 cycles apart
; help: write d=2
        { read  se0, mw0[x], n=4, m=3, e=2 }
; error: E-RANGE 40-42: `read`: e is 2; the next round begins at least 4 cycles after a round's first element
; help: write e=4
        { read  se0, mw0[x] n=4 m=3 }
; error: E-RANGE 11-14: `read`: e is 0; the next round begins at least 4 cycles after a round's first element
; help: write e=4
        { read  se0, mw0[x] n=0 }
; error: E-RANGE 31-31: `n` of `read` is 0; it must be between 1 and 65536
        { read  se0, mw0[x] n=4, n=5 }
; error: E-OPERAND 34-36: `n` is given twice
; note 68:29-31: first given here
        { read  se0, mw0[x] k=4 }
; error: E-OPERAND 29-31: `read` has no attribute `k`
; help: it has n, d, stride, m, e, stride2
        { read  se0, mw0[x] strid=4 }
; error: E-OPERAND 29-35: `read` has no attribute `strid`
; help: did you mean `stride`?
        { iw    0 n=3 }
; error: E-OPERAND 19-21: `iw` has no attribute `n`
; help: it has none
        { read  n=4, se0, mw0[x] }
; error: E-OPERAND 17-19: the attribute `n` stands before an operand
; help: put attributes after the operands
        { read  se0, mw0[x] n=[4] }
; error: E-EXPR 31-33: an expression is wanted here
        { read  se0, mw0[x] n=1.5 }
; error: E-TYPE 31-33: `read` takes a number here, not the float 1.5
        { reduce.add.i32 W, se0, se4 span=8 }
; error: E-OPERAND 43-43: `span` of `reduce.add.i32` is 8; it must be all or 16
        { reduce.add.i32 W, se0, se4 span=x + 1 }
; error: E-OPERAND 43-47: `span` of `reduce.add.i32` is x + 1; it must be all or 16
        { shift.up N, se0, se1, 3 }
; error: E-OPERAND 20-20: `shift.up` names the switch it runs on first: W or E
        { shift.up 0, se0, se1, 3 }
; error: E-OPERAND 20-20: `shift.up` names the switch it runs on first: W or E
        { gather se0, mw0, se2 }
; error: E-PLACE 23-25: `gather` takes a bank here
; help: a bank is written with its slice: mw4.0 or mw4.1
        { gather se0, mw0.2, se2 }
; error: E-PLACE 23-27: a slice of lpu-tiny has 2 banks; 2 is none of them
        { gather se0, mw9.0, se2 }
; error: E-PLACE 23-27: lpu-tiny has no slice mw9; it has mw0 to mw7
        { gather se0, 3, se2 }
; error: E-PLACE 23-23: `gather` takes a bank here
; help: a bank is written with its slice: mw4.0 or mw4.1
        { vadd.i8.w se0, se1, 256 }
; error: E-RANGE 31-33: 256 does not fit the 8 bits of i8; an immediate is between -128 and 255
        { vadd.i8.w se0, se1, -129 }
; error: E-RANGE 31-34: -129 does not fit the 8 bits of i8; an immediate is between -128 and 255
        { vadd.i8.w se0, se1, 1.5 }
; error: E-TYPE 31-33: `vadd.i8.w` takes an integer here, not 1.5
        { vadd.i32.w se0, se4, p }
; error: E-TYPE 32-32: `vadd.i32.w` takes a number here, not the address of `p`
; help: load it into a register and name that
        { vadd.f32 se0, se4, "a" }
; error: E-TYPE 30-32: `vadd.f32` takes a number here, not a string
        { vadd.f16 se0, se2, 65520.0 }
; error: E-RANGE 30-36: 65520.0 is too large for f16
        { vadd.f16 se0, se2, f32bits(5) }
; error: E-TYPE 30-39: `vadd.f16` takes f16 here, not bits of f32
        { read  se0, mw8[x] }
; error: E-PLACE 22-27: lpu-tiny has no slice mw8; it has mw0 to mw7
        { read  se0, mw5[x] }
; error: E-PLACE 22-27: `x` is not in mw5; it is in mw0, mw1, mw2, mw3
; note 2:17-17: `x` is defined here
; help: write `mw5[row(x)]` if that row of mw5 is meant
        { read  se0, mw0[200] }
; error: E-RANGE 22-29: row 200 is outside the slice; its rows are 0 to 127
        { read  se0, mw0[r1 + r2] }
; error: E-ADDRESS 22-33: a row is a number, a symbol and at most one register
; help: compute the row in a register first
        { vadd  se0, se4, se8 }
; error: E-MNEMONIC 11-14: `vadd` is not an instruction
; help: it is written with a suffix: `vadd.i8.w`, `vadd.i8.s`, `vadd.u8.w`, `vadd.u8.s`, `vadd.i16.w`, `vadd.i16.s`, `vadd.u16.w`, `vadd.u16.s`, `vadd.i32.w`, `vadd.i32.s`, `vadd.u32.w`, `vadd.u32.s` and 3 more, see `lpu isa vadd`
        { vcvt  se0, se4 }
; error: E-MNEMONIC 11-14: `vcvt` is not an instruction
; help: it is written with a suffix: `vcvt.i8.u8`, `vcvt.i8.i16`, `vcvt.i8.u16`, `vcvt.i8.i32`, `vcvt.i8.u32`, `vcvt.i8.f16`, `vcvt.i8.bf16`, `vcvt.i8.f32`, `vcvt.u8.i8`, `vcvt.u8.i16`, `vcvt.u8.u16`, `vcvt.u8.i32` and 60 more, see `lpu isa vcvt`
        { vadd.f32 se0, se4 }
; error: E-OPERAND 11-18: `vadd.f32` takes 3 operands, not 2
; note: it is written `vadd.f32 dst, sa, sb` or `vadd.f32 dst, sa, imm`
        { vadd.f32 se0, mw0[x], se4 }
; error: E-OPERAND 25-30: operand 2 of `vadd.f32` is a row of a slice; it must be a stream or register
; note: it is written `vadd.f32 dst, sa, sb` or `vadd.f32 dst, sa, imm`
        { vadd.f32 3, se0, se4 }
; error: E-OPERAND 20-20: operand 1 of `vadd.f32` is an expression; it must be a stream or register
; note: it is written `vadd.f32 dst, sa, sb` or `vadd.f32 dst, sa, imm`
        { read  se0, se4 }
; error: E-OPERAND 22-24: operand 2 of `read` is a stream; it must be a row of a slice
; note: it is written `read stream, slice[row]` or `read stream, slice[row + ra]`
        { iw    0, n }
; error: E-OPERAND 20-20: `iw` takes 1 operand, not 2
; note: it is written `iw plane`
        { permute W, se0, se4, 8 }
; error: E-RANGE 32-32: `number` of `permute` is 8; it must be between 0 and 7
        { acc.set 0, 1024 }
; error: E-RANGE 22-25: `acc` of `acc.set` is 1024; it must be between 0 and 1023
        { vmov.i32 se0, se4 delay=16 }
; error: E-RANGE 35-36: `delay` of `vmov.i32` is 16; it must be between 0 and 15
        { add   r1, se0, 3 }
; error: E-OPERAND 21-23: operand 2 of `add` is a stream; it must be a register
; note: it is written `add rd, ra, rb` or `add rd, ra, imm`
        { mov   r1, v3 }
; error: E-OPERAND 21-22: v3 has no value that an expression could use
        { shift.up W, se0, se1, 3 !sh2 }
; error: E-PIN 35-38: `!sh2` is no unit or register for `shift.up`
; help: its units are W.sh0 W.sh1
        { shift.up W, se0, se1, 3 !E.sh1 }
; error: E-PIN 35-40: `!E.sh1` is no unit or register for `shift.up`
; help: its units are W.sh0 W.sh1
        { read  se0, mw0[0] !mw2.rp }
; error: E-PIN 29-35: `!mw2.rp` is no unit or register for `read`
; help: its unit is mw0.rp
        { reduce.add.i32 W, se0, se4, 16 }
; error: E-OPERAND 39-40: `reduce.add.i32` takes 3 operands, not 4
; note: it is written `reduce.add.i32 hemi, stream, from`
; help: attributes are written with their names: span=, n=, d=, m=, e=
        { vmov.i32 se0, se4 } n=3
; error: E-SYNTAX 32-32: `=` is not expected here; an operand, `:` or the end of the line could stand here
        { vmov.i32 se0, 1 !A1, }
; error: E-SYNTAX 32-32: `}` is not expected here; an attribute could stand here
        { read  se0 mw0[x] }
; error: E-SYNTAX 21-23: `mw0` is not expected here; an operator, a comma or the end of the line could stand here
        mov     r1, dist(mw0, 3)
; error: E-EXPR 31-31: `dist` takes places of the floorplan
; help: places are slices such as mw4, V for the vector unit, P0 to P3 for the planes, W and E for the switches
        mov     r1, dist(mw0, q)
; error: E-PLACE 31-31: `q` is no place of the floorplan
; help: places are slices such as mw4, V for the vector unit, P0 to P3 for the planes, W and E for the switches
        mov     r1, meet(mw0, mw9, V)
; error: E-PLACE 31-33: lpu-tiny has no slice mw9; it has mw0 to mw7
        mov     r1, meet(mw0, mw4)
; error: E-EXPR 21-34: `meet` takes 3 arguments, not 2
        mov     r1, lat(vaddf32)
; error: E-EXPR 25-31: `lat` takes the name of an instruction
; help: did you mean `vadd.f32`?
        mov     r1, lat(3)
; error: E-EXPR 25-25: `lat` takes the name of an instruction
        mov     r1, f16bits(0x10000)
; error: E-EXPR 29-35: `f16bits` takes an integer of 16 bits, and this is the integer 65536
        mov     r1, se4 + 1
; error: E-OPERAND 21-23: se4 has no value that an expression could use
        .data
        .f16    f32bits(5)
; error: E-TYPE 17-26: `.f16` takes numbers, not bits of f32
        .f32    -(1), bf16bits(1)
; error: E-TYPE 23-33: `.f32` takes numbers, not bits of bf16
