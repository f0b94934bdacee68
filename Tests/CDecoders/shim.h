#ifndef FLOTILLA_CDECODERS_SHIM_H
#define FLOTILLA_CDECODERS_SHIM_H
#include <brotli/decode.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <zlib.h>

// Undo what the gateway does to bodies, by somebody else's code. Each reads what there is of a body, which need not be
// all of it, and returns how many bytes it makes, or -1 when it is none; `is_whole` says whether it has its end.

static inline long flotilla_gunzip(const uint8_t *in, size_t in_size, uint8_t *out, size_t out_size, int *is_whole) {
    z_stream stream;
    memset(&stream, 0, sizeof stream);
    if (inflateInit2(&stream, 15 + 16) != Z_OK) return -1;
    stream.next_in = (Bytef *)in;
    stream.avail_in = (uInt)in_size;
    stream.next_out = out;
    stream.avail_out = (uInt)out_size;
    int result = inflate(&stream, Z_SYNC_FLUSH);
    *is_whole = result == Z_STREAM_END && stream.avail_in == 0;
    long count = (long)(out_size - stream.avail_out);
    inflateEnd(&stream);
    return result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR ? count : -1;
}

static inline long flotilla_unbrotli(const uint8_t *in, size_t in_size, uint8_t *out, size_t out_size, int *is_whole) {
    BrotliDecoderState *state = BrotliDecoderCreateInstance(NULL, NULL, NULL);
    if (!state) return -1;
    size_t left = out_size;
    BrotliDecoderResult result = BrotliDecoderDecompressStream(state, &in_size, &in, &left, &out, NULL);
    *is_whole = result == BROTLI_DECODER_RESULT_SUCCESS && in_size == 0;
    BrotliDecoderDestroyInstance(state);
    return result == BROTLI_DECODER_RESULT_ERROR ? -1 : (long)(out_size - left);
}
#endif
