// The int32 matrix product of programs/matmul.s for the peers: C = A B, N x N, REPEATS times.
// The program ends with 0 when the sum over C is CHECKSUM. On bare RISC-V, `tohost` ends Spike's run.

#include <stdint.h>

static int32_t A[N][N], B[N][N], C[N][N];

static void fill(void) {
    for (int i = 0; i < N * N; i++) {
        A[i / N][i % N] = i % 251 - 125;
        B[i / N][i % N] = i % 241 - 120;
    }
}

static void multiply(void) {
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            uint32_t sum = 0;
            for (int t = 0; t < N; t++)
                sum += (uint32_t)A[i][t] * (uint32_t)B[t][j];
            C[i][j] = (int32_t)sum;
        }
}

static uint32_t checksum(void) {
    uint32_t sum = 0;
    for (int i = 0; i < N * N; i++)
        sum += (uint32_t)C[i / N][i % N];
    return sum;
}

int main(void) {
    fill();
    for (int r = 0; r < REPEATS; r++) {
        multiply();
        __asm__ volatile("" ::: "memory");  // every repetition counts
    }
    return REPEATS > 0 && checksum() != CHECKSUM;
}

#ifdef BARE
volatile uint64_t tohost __attribute__((section(".tohost")));
volatile uint64_t fromhost __attribute__((section(".tohost")));

__attribute__((noinline)) void finish(void) {
    for (;;)
        ;
}

void start(void) {
    tohost = (uint64_t)main() << 1 | 1;
    finish();
}

__attribute__((naked, section(".entry"))) void _start(void) {
    __asm__("la sp, stack_top\n\tj start");
}
#endif
