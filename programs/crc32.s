; The CRC-32 of a message, as zlib, PNG and Ethernet have it.
;
; Computes   crc = the reflected CRC of the n bytes of `message`, polynomial 0xEDB88320.
; Teaches    bytes in a memory of words. Narrow types are packed, four bytes to a word, and `ext.u32` takes
;            one out at any bit position. The table of 256 remainders is made by the program itself, with
;            `sel` in place of a branch: r = r & 1 ? (r >> 1) ^ poly : r >> 1.
; Bound      the chain from remainder to remainder through the table: 7 cycles a byte, 4 of them for a load. A byte
;            takes 13, or 17 where others are under way; its word is loaded while they are.
;
; cycles 6729                               ; the table 256 * (8 * 3 + 2), 7 (n - 1) + 13 for the bytes, and 4 around them
; expect crc = [0xCBF43926]

        .equ polynomial = 0xEDB88320
        .param n = 9                    ; other sizes: -D n=1000 -i message=m.npy
.if n == 9
message: .ascii "123456789"
.else
        .array message: u8[n]
.endif
        .array table: u32[256]
        .array crc: u32[1]
        .input message
        .output crc

        mov     r1, 0                   ; the byte
        loop    256, message_start
        mov     r2, r1
        loop    8, entry_done
        and     r3, r2, 1
        shr     r2, r2, 1
        xor     r4, r2, polynomial
        cmp     r3, 0
        sel.ne  r2, r4, r2
entry_done:
        st      [table + r1], r2
        add     r1, r1, 1

message_start:
        mov     r1, 0                   ; i
        mov     r2, -1                  ; the remainder
        loop    n, message_end
        shr     r3, r1, 2               ; byte i is in word i / 4,
        ld      r4, [message + r3]
        shl     r5, r1, 3               ; from bit 8 * (i mod 4) up
        and     r5, r5, 31
        ext.u32 r4, r4, r5, 8
        xor     r4, r4, r2
        and     r4, r4, 255
        ld      r4, [table + r4]
        shr     r2, r2, 8
        xor     r2, r2, r4
        add     r1, r1, 1
message_end:
        not     r2, r2
        st      [crc], r2
