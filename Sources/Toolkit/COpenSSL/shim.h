#ifndef FLOTILLA_COPENSSL_SHIM_H
#define FLOTILLA_COPENSSL_SHIM_H
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

/* OpenSSL says much of what it can do in macros, which Swift cannot see. */

static inline int flotilla_tls_set_minimum(SSL_CTX *context, int version) {
    return SSL_CTX_set_min_proto_version(context, version);
}

static inline int flotilla_tls_set_maximum(SSL_CTX *context, int version) {
    return SSL_CTX_set_max_proto_version(context, version);
}

/* Writes may be cut short, and repeated from other memory; a read takes all that has come; what is neither read nor
   written holds no buffers. Sessions are kept by clients, in tickets, not here. */
static inline void flotilla_tls_set_modes(SSL_CTX *context) {
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF);
}

static inline void flotilla_bio_retry_read(BIO *bio) { BIO_set_retry_read(bio); }
static inline void flotilla_bio_retry_write(BIO *bio) { BIO_set_retry_write(bio); }
static inline void flotilla_bio_clear_retry(BIO *bio) { BIO_clear_retry_flags(bio); }
static inline int flotilla_bio_is_flush(int command) { return command == BIO_CTRL_FLUSH; }

/* Tells `each` every subject alternative name: its kind (GEN_DNS and so on) and its bytes. */
static inline void flotilla_x509_names(
    X509 *certificate, void *context, void (*each)(void *context, int kind, const unsigned char *bytes, int count)) {
    GENERAL_NAMES *names = (GENERAL_NAMES *)X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
    if (names == NULL) { return; }
    for (int index = 0; index < sk_GENERAL_NAME_num(names); index++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, index);
        int kind = 0;
        const ASN1_STRING *text = (const ASN1_STRING *)GENERAL_NAME_get0_value(name, &kind);
        if (kind == GEN_DNS || kind == GEN_EMAIL || kind == GEN_URI || kind == GEN_IPADD) {
            each(context, kind, ASN1_STRING_get0_data(text), ASN1_STRING_length(text));
        }
    }
    GENERAL_NAMES_free(names);
}

/* The subject as RFC 2253 writes it, in memory to be freed by flotilla_free; NULL when there is none. */
static inline char *flotilla_x509_subject(X509 *certificate) {
    BIO *memory = BIO_new(BIO_s_mem());
    if (memory == NULL) { return NULL; }
    X509_NAME_print_ex(memory, X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
    char *bytes = NULL;
    long count = BIO_get_mem_data(memory, &bytes);
    char *text = (char *)OPENSSL_strndup(bytes, count > 0 ? (size_t)count : 0);
    BIO_free(memory);
    return text;
}

static inline void flotilla_free(void *memory) { OPENSSL_free(memory); }

#endif
