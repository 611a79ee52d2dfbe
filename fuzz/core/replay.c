/* A harness without libFuzzer: each file named on the command line is one input. */
#include <stdio.h>
#include <stdlib.h>
#include "input.h"

enum { MAX_BYTES = 1 << 20 };

static int replay(const char *path)
{
    static uint8_t data[MAX_BYTES];
    FILE *file = fopen(path, "rb");
    if (!file) {
        fprintf(stderr, "%s cannot be read\n", path);
        return 1;
    }
    size_t size = fread(data, 1, sizeof data, file);
    fclose(file);
    uint8_t *exact = malloc(size + !size); /* so that tools see each byte read behind it */
    if (!exact)
        return 1;
    for (size_t i = 0; i < size; i++)
        exact[i] = data[i];
    LLVMFuzzerTestOneInput(exact, size);
    free(exact);
    return 0;
}

int main(int count, char **paths)
{
    int failed = 0;
    for (int i = 1; i < count; i++)
        failed |= replay(paths[i]);
    printf("%d inputs\n", count - 1);
    return failed;
}
