#ifndef FLOTILLA_CZLIB_SHIM_H
#define FLOTILLA_CZLIB_SHIM_H
#include <zlib.h>

// deflateInit2 is a macro, which Swift cannot see. 15 + 16: the largest window, and gzip's head and tail (RFC 1952).
static inline int flotilla_gzip_start(z_stream *stream, int level, int memory) {
    return deflateInit2(stream, level, Z_DEFLATED, 15 + 16, memory, Z_DEFAULT_STRATEGY);
}
#endif
