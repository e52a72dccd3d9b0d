#include <stdio.h>
#define LIMIT 10
#define SQUARE(x) ((x) * (x))
/* A rectangle. */
struct rect {
    double width; /* of it */
    int *height;
};
typedef struct { int a; } pair_t;
typedef int (*callback)(int);
enum kind { ONE, TWO };
static int total = 0;
/* Doubles. */
static inline int *twice(const int value, char *name[])
{
    int local = value;
    return 0;
}
int declared(int);
unsigned long
two_lines(void) {
    return 1;
}
