/**
 * The certificate of the cluster's authority, as certificates/authority.ts makes it. Its key is known to everybody who reads that: it
 * makes certificates well-formed and vouches for nothing. Pods and tools find one where they expect it.
 */
export const ROOT_CA = `
-----BEGIN CERTIFICATE-----
MIIBczCCARqgAwIBAgIBATAKBggqhkjOPQQDAjAVMRMwEQYDVQQDDAprdWJlcm5l
dGVzMCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAwMDAwWjAVMRMwEQYDVQQD
DAprdWJlcm5ldGVzMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAERowVHWkY2XrO
9AhtEcQCEePzD4Nqm+yp6pek/2MlFMfkG2rPGmKsZ4seRoRUpFi2D/R4cxvrJmTo
qDV0ClkYKKNZMFcwDgYDVR0PAQH/BAQDAgKkMA8GA1UdEwEB/wQFMAMBAf8wHQYD
VR0OBBYEFK+bDvAm3rKfJBwHYMxjowoYEDuMMBUGA1UdEQQOMAyCCmt1YmVybmV0
ZXMwCgYIKoZIzj0EAwIDRwAwRAIgZVGmpqAaKEdlBFKjoe1a1kdOSc0nSAEszHsk
G6Q0ZaICICydXiRShX7KqHCerSEdkiSfhozjTM1g0hiukQcp2DU9
-----END CERTIFICATE-----
`.trimStart()
