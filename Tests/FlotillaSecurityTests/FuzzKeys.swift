internal import FlotillaCore
@testable internal import FlotillaSecurity

/// Keys that are the same in every run, so that a seed makes the same bytes again. They protect nothing.
enum FuzzKeys {
    static let first = Result { try SigningKey(pem: Secret(firstPEM)) }
    static let second = Result { try SigningKey(pem: Secret(secondPEM)) }

    private static let firstPEM = """
        -----BEGIN RSA PRIVATE KEY-----
        MIIEowIBAAKCAQEAzA+p3k1oDRwWvPJZk5Ry7YwB9qTEMrXGb+SIrQ+2eol9kBuR
        V90bir0QYDyZlSGicm7WYeFCsE8/qZUJQYiXgq0XG91EDsOh/e+7Aw+aAnH4i4EV
        PeUCPg72X40sQXO6DRR1f3bcxwrAMTxyht8qbQ95tsDU8VQs8MRoWAelYIBlUpf3
        soO7l80nSzaVF+ZgiU1PxN6LOTBQUAzhY6TDqpUdT0uD1mi9nVtbU8xwVwWL1GWm
        5dHxdAEYd0+oQ0J5dTvrYQFOC2ZrZM8BfQ1K1VvSLa9XKJXUyWjUYowfO55OQmDs
        KAyk5nWx3zRAq3hykJKCTogeNHvmPCz8sn6POwIDAQABAoIBAAUayqIw/qnsJfV3
        fNUE1++6dgavMsSvsbDQliYeI6Z1FFHijF+pKgfJT43Yv2EVYAbwO3Aa0MDU6GSA
        eMkW5IEY62A2fxA0DusOJwpVIibcXUvkqZ0VnhAr7oFGjRVvNxxCXjBgYWRW/aar
        X0sz2xj75h78zjJP2VI8jmsXnLrkpscWzdnFGMCAonquSawQ9SyamKfqtf+pB14i
        Qem9PfTiPdO+MzxnbqrynjPjF10p7ptnjeVxMUj41gur/l8T6P/cS6hjX9IgP9TR
        oKGkYbYXaQlmSYrC7QaSfoZ5dCbOmSTsnr9SVIpoSKrW//ZTFHbUfg5QnCZt6ydp
        /IIJ9mECgYEA5Tw6wuiV98sgF7MzE7T/dh92EFOeueubTZFbgbsLC/PuNx7m6d5B
        1aGN+KYtHhMusx4eiJT4/54KN0GhRM1Cgn/14hpyWmRlpG+HV78iOslJsfcvdkbu
        lt+C+AA0HhALrwtCypmvq9G/CewL+jKDKjuusxZR7M02Vez8Rt5CW20CgYEA4+L9
        DF4JNfE43UkxfinUm7yXsrEO42dA7f7zwNSLT1b3fxYnuk9b4AcF3d7DqmJU9sCP
        A01U0Nb4un5xICX2Iymgrfnh/fJ6++IL1MaBKKUxOYRS+5NqPfKJ9hwItyh3ahvl
        E0nYT1cPlYbiasK44n1t403VzAKQty8RZx/fhEcCgYBRqqd0kM/8u4zvZJQpzS3F
        s2eoYWIG8n0doU9sZGqHE5wmXwf9AYWKykd98hXYxRS6E1zlY81ho7gX/3WowUeU
        nmnG540dzu63KlSZWiqjrtpmYJ20EYkmjvJl0AzBOQ4wil59N0tydwMMUd/ifuRj
        w2d1vdnp9yIIcqldxgj18QKBgD+6H1eRCHRcQ7GmIUANxJXUlHt1BhvTqRWlAVdA
        WMDUKhwQ/wUb4i5w6FQWUpNYMjhauuOKgZhxNVc5urrpwr4sivF7+pXAdGHx4asb
        48yQ/YX/GhGeNMykAa6gQlOt7k7vBA1zzhjJ2OLQuIpwb7FusAcrogkOApgngm9b
        O29LAoGBAJChaaXn4c+6NX/SRoo4oeV8PqfOaG0ixFOgBr4puji7pc0MGHFCX4aQ
        ZUBhVllaR6QN/BqLZn1T8CXFLjOMvfKe22QUrrdXce/PfT7TeyyJ1Aux+XSkgdnc
        wQ896eMCsw3ZESehNlDmIVEMjHCFgn6eTox2BZmt1/b3CBdtrR1x
        -----END RSA PRIVATE KEY-----
        """
    private static let secondPEM = """
        -----BEGIN RSA PRIVATE KEY-----
        MIIEogIBAAKCAQEAp1aekXZoZpMB67cmsl6YLl2Cz/wJV98ft1NQAbij4+Xx7Ziy
        3RnCEvZpNL87BzaT6+CDWe16yn/oPXmGQLFdclqfbVD/mXurXKBpLnNbBy7jdiNc
        F26H/PLKdVqBLiA2Tp/ssGtUNxQ+igsXKy9ZVL/L/yp7xWhf9pGcu2FJUKe3/N2F
        rukbsn7E/b+031SNiorssLYhpfC7F5k+6fs39Xf5bce84mGW/xOSttqROcCPZqVR
        f9S8zDjnF8x5+K0DlQtOaZdTGJ9Jve07dikhKnnNwnIui71pq+CM+aIoTxjtPd8v
        tiJZL9mlkkrsxnbszd2Sx1vvyAC7Xt32fC/OzwIDAQABAoIBAFIzyN1oL00ENlNW
        u1mwAk30fcgx5V0XLHtgH9NYopnXYYr4EhVvC9lI1tGkhxi6BNxAhAXvFPzY7HsW
        cY7iEieUwPBwc78v8zQjUMgSvsq+i9qC8EBKed8WXcJcXU0NYeApy5m2f7424anq
        XM1ICzgIp+uHMRn+dfWn/jhGSD+n+JxD2qPo+QpmcWraNVdJwwX3sEpb1IdPx2YL
        o/xTx6/oG0nluNQnF9YB31mDK+UrLVD4Fm7w9ZMhOif9rHMz7lddcKbSV6SVUKNJ
        Ikr0omEa01Z+s3v+C7A9IECUn9rSQfxKC9JXwmXInBF9va7d8wYXRjAJVkW4REed
        tqCKdVECgYEA2vCtTm1Wr5ZIUGMZMuCjClrs5DvcaamvNMVpSnXr8UAj858kayMH
        E+LfJbIpY1CPDYInL2K0CvaupE7SSQ0iU0WzijPVCWu2rTE8ojMZUn12YO6vNziV
        WemFk5OT6sNGsLfBOpIPb2Zr9J+KCql4GrnzFpj1vYpASLRVgGF4KPUCgYEAw6ni
        dL3EIR0ntt0xqaFxIdu0T9jmIeDV8nuTerIeCNycmN4ap2/eOckwvcgYZfflSya4
        UDXIeS9TSbGFWA1FLYIwNs8kH3nRlt4BtdcJh9v3ksthTWfJhGz2aXUoNR8msaZC
        BqnfwuwO+HtVv1PJQhoyDIsnFp/LBhfi2vqRTjMCgYB7Q/ovJ7wgi7oXGFQ9ot/o
        mpy5O0KzcsekLGlFdPLsFzKmnTkB4OzBM4BzVsWaluaTsm2hbi7z5UMaWw5l9rEW
        tS2KZ/hPn4dwJ0J+B8r/+IdHt9qKep8LykBcgEBNcrhAEpUGBuoNzFqHlbNAoX1v
        frXwSRpCJq5ewLlK2JWwaQKBgEcAkQLYEiIKGG1NW0Y5JXqp5YbMKMbGdhzmJyBx
        HmEM3W7DulxkRfomPh/ASspF6NkalevVeIgxWkH1v3OybRYUljZteKhLZnke2vQH
        spewhOiqEQcr0H7To5+lOg/82+e/c1pDrsVnMA+PghBJ8VChfOP8YxTcq6nsZRAd
        uTjtAoGAF5KNIQRMq6NJ5vh60sedZmr57F3qnMF7fGnPztZVgJashY8poxbwfNU1
        euBUNSkd51l0APnxmAhiVFKIbwdPMqeluKX4vfVdKd9saozPe+Mlz6BXnAPIrRW/
        gQ0tQgIYx+M0fobrG8itDqxzq9Yyi+9N72GAoYMqsPlNr4aqFLQ=
        -----END RSA PRIVATE KEY-----
        """
}
