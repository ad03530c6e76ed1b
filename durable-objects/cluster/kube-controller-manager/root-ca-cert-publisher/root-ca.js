/**
 * The certificate of the cluster's authority. It is made up: its key was thrown away the moment it was made, and nothing is signed by
 * it. Pods and tools find a well-formed certificate where they expect one.
 */
export const ROOT_CA = `
-----BEGIN CERTIFICATE-----
MIIBdzCCAR2gAwIBAgIBATAKBggqhkjOPQQDAjAWMRQwEgYDVQQDDAtrdWJhcml1
bS1jYTAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAwMDAwMFowFjEUMBIGA1UE
AwwLa3ViYXJpdW0tY2EwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATvfwoqPPBL
c4NNkbR4NsndmExLUhMkVOdughMIsOyPXFpikVlLCNcEvfZs5i2zfxdfAp/FH2kw
z8U7vCZGjGTWo1owWDAOBgNVHQ8BAf8EBAMCAqQwDwYDVR0TAQH/BAUwAwEB/zAd
BgNVHQ4EFgQUDpmMRkzhn3jHy7C1tkpThF0PdzkwFgYDVR0RBA8wDYILa3ViYXJp
dW0tY2EwCgYIKoZIzj0EAwIDSAAwRQIhAMSy/MRgSV2DXFdghWwK1TuPzxTh/OMH
7MIb5f0hSOK8AiAP/Mw9Y+/m1wSvjhgTWbovlISiGWTZHZvfyT9uSEDeNw==
-----END CERTIFICATE-----
`.trimStart()
