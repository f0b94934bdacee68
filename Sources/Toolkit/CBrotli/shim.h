#ifndef FLOTILLA_CBROTLI_SHIM_H
#define FLOTILLA_CBROTLI_SHIM_H
#include <brotli/encode.h>
#endif
