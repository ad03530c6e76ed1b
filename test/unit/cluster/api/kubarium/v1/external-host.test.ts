import { describe, expect, it } from 'vitest'
import { validateExternalHost } from '#api/kubarium/v1/external-host/validation.ts'
import { errorText } from '#apimachinery/field-error.ts'

const errorsOf = (spec: object): readonly string[] =>
  validateExternalHost({
    apiVersion: 'kubarium.dev/v1',
    kind: 'ExternalHost',
    metadata: { name: 'payments' },
    spec,
  }).map(errorText)

const with1 = (more: object) => ({ addresses: ['192.0.2.200'], ...more })
const record = (type: string, value: string, name = 'x.example') => ({
  records: [{ name, type, value }],
})
const port = (more: object) => with1({ ports: [{ port: 80, ...more }] })

const SUBDOMAIN =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
const MAIL =
  'must be a preference from 0 to 65535 and the name of a mail server, such as "10 mail.example.com"'

describe('an ExternalHost', () => {
  it('may say everything that can be said', () => {
    expect(
      errorsOf({
        hostnames: ['payments.example', 'localhost.example'],
        addresses: ['192.0.2.200', '100.64.0.1', '2001:db8::200'],
        records: [
          { name: 'www.payments.example', type: 'CNAME', value: 'payments.example' },
          { name: 'payments.example', type: 'TXT', value: 'v=spf1 -all' },
          { name: 'payments.example', type: 'MX', value: '10 mail.payments.example' },
        ],
        ttlSeconds: 0,
        ports: [
          { port: 443, replies: [{ path: '/*', status: 503, body: '{path}', delay: '1s' }] },
          { port: 8443, tls: true },
          { port: 443, protocol: 'UDP' },
        ],
        delay: '120ms',
        down: true,
      }),
    ).toEqual([])
    expect(errorsOf(record('TXT', 'only a record'))).toEqual([])
  })

  it.each([
    [{}, 'spec.addresses: Required value: must be set if no records are'],
    [
      { hostnames: ['a.example'] },
      'spec.addresses: Required value: must be set if hostnames or ports are',
    ],
    [
      { ports: [{ port: 80 }] },
      'spec.addresses: Required value: must be set if hostnames or ports are',
    ],
    [with1({ hostnames: [''] }), 'spec.hostnames[0]: Required value'],
    [
      with1({ hostnames: ['Payments'] }),
      `spec.hostnames[0]: Invalid value: "Payments": ${SUBDOMAIN}`,
    ],
    [
      with1({ hostnames: ['web.default.svc.cluster.local'] }),
      'spec.hostnames[0]: Invalid value: "web.default.svc.cluster.local": names inside the cluster are not names of the internet',
    ],
    [
      with1({ hostnames: ['localhost'] }),
      'spec.hostnames[0]: Invalid value: "localhost": names inside the cluster are not names of the internet',
    ],
    [
      with1({ hostnames: ['a.example', 'a.example'] }),
      'spec.hostnames[1]: Duplicate value: "a.example"',
    ],
    [
      { addresses: ['192.0.2'] },
      'spec.addresses[0]: Invalid value: "192.0.2": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    ],
    [
      { addresses: ['2001:DB8::1'] },
      'spec.addresses[0]: Invalid value: "2001:DB8::1": must be in canonical form ("2001:db8::1")',
    ],
    [
      { addresses: ['127.0.0.9'] },
      'spec.addresses[0]: Invalid value: "127.0.0.9": may not be in the loopback range (127.0.0.0/8, ::1/128)',
    ],
    [
      { addresses: ['239.1.2.3'] },
      'spec.addresses[0]: Invalid value: "239.1.2.3": may not be a multicast or reserved address',
    ],
    [{ addresses: ['1.2.3.4', '1.2.3.4'] }, 'spec.addresses[1]: Duplicate value: "1.2.3.4"'],
    [record('CNAME', ''), 'spec.records[0].value: Required value'],
    [
      record('CNAME', 'b.example.'),
      `spec.records[0].value: Invalid value: "b.example.": ${SUBDOMAIN}`,
    ],
    [record('TXT', 'x', ''), 'spec.records[0].name: Required value'],
    [
      record('SRV', 'x'),
      'spec.records[0].type: Unsupported value: "SRV": supported values: "CNAME", "MX", "TXT"',
    ],
    [
      record('TXT', 'x'.repeat(256)),
      'spec.records[0].value: Too long: may not be more than 255 bytes',
    ],
    [record('MX', 'mail'), `spec.records[0].value: Invalid value: "mail": ${MAIL}`],
    [record('MX', '70000 mail'), `spec.records[0].value: Invalid value: "70000 mail": ${MAIL}`],
    [
      { ...with1(record('CNAME', 'b.example')), hostnames: ['x.example'] },
      'spec.records[0].type: Forbidden: a name with a CNAME record may have no other records and may not be among the hostnames',
    ],
    [
      with1({ ttlSeconds: 86_401 }),
      'spec.ttlSeconds: Invalid value: 86401: must be between 0 and 86400, inclusive',
    ],
    [
      port({ port: 0 }),
      'spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive',
    ],
    [
      with1({ ports: [{ port: 80 }, { port: 80, protocol: 'TCP' }] }),
      'spec.ports[1].port: Duplicate value: 80',
    ],
    [
      port({ protocol: 'HTTP' }),
      'spec.ports[0].protocol: Unsupported value: "HTTP": supported values: "SCTP", "TCP", "UDP"',
    ],
    [
      port({ protocol: 'UDP', tls: true }),
      'spec.ports[0].tls: Forbidden: TLS is spoken over TCP only',
    ],
    [
      port({ protocol: 'UDP', replies: [{ path: '/' }] }),
      'spec.ports[0].replies: Forbidden: HTTP is answered over TCP only',
    ],
    [
      port({ replies: [{ path: '/', calls: 'http://web/' }] }),
      'spec.ports[0].replies[0].calls: Forbidden: a machine of the internet calls nobody',
    ],
    [
      port({ replies: [{ path: '/', status: 700 }] }),
      'spec.ports[0].replies[0].status: Invalid value: 700: must be between 200 and 599, inclusive',
    ],
    [with1({ delay: '25h' }), 'spec.delay: Invalid value: "25h": must be between 0s and 24h'],
  ])('refuses %j', (spec, expected) => {
    expect(errorsOf(spec)).toEqual([expected])
  })

  it('looks at no more than there may be', () => {
    const many = Array.from({ length: 1000 }, (_, index) => `Bad${index}`)
    expect(errorsOf(with1({ hostnames: many }))).toHaveLength(17)
  })
})
