        { mul r10, r8, r9 }
        { add r6, r6, r10 }     ; the product is not there yet
