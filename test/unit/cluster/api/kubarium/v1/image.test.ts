import { describe, expect, it } from 'vitest'
import { validateImage } from '#api/kubarium/v1/image/validation.ts'
import { errorText } from '#apimachinery/field-error.ts'

const errorsOf = (changes: object): readonly string[] =>
  validateImage({
    apiVersion: 'kubarium.dev/v1',
    kind: 'Image',
    metadata: { name: 'cart' },
    spec: { image: 'example.com/shop/cart', ...changes },
  }).map(errorText)

const reply = (changes: object) => ({
  listens: [{ port: 80, replies: [{ path: '/', ...changes }] }],
})

const REPLY = 'spec.listens[0].replies[0]'
const NAME =
  "must be an image's name of at most 255 characters, such as example.com/shop/cart, with a tag if one is meant; only the tag may end with '*' (regular expressions and digests are not supported)"
const PATH =
  "must begin with '/' and have neither query nor spaces; '*' may stand at its end only (regular expressions are not supported)"

describe('an Image', () => {
  it('may say everything that can be said', () => {
    expect(
      errorsOf({
        image: 'example.com:5000/shop/cart:2.*',
        env: [{ name: 'DB_URL', message: 'DB_URL is missing', exitCode: 3 }],
        pull: { delay: '1m30s', failure: 'denied' },
        startDelay: '0.5s',
        listens: [
          {
            port: 8080,
            portFrom: 'PORT',
            protocol: 'TCP',
            host: '127.0.0.1',
            replies: [
              {
                path: '/cart/*',
                method: 'POST',
                status: 201,
                headers: { 'Content-Type': 'application/json' },
                body: '{"host":"{hostname}"}',
                delay: '20ms',
                calls: '{env.USERS_URL}/user',
              },
              { path: '/', failure: 'reset' },
            ],
          },
          { port: 8080, protocol: 'UDP' },
        ],
        exits: { after: '1h', code: 255 },
        log: [{ text: 'still here', after: '1s', every: '10s' }],
        memory: '20Mi',
      }),
    ).toEqual([])
  })

  it.each([
    'cart',
    'shop/cart',
    'shop/cart:*',
    'localhost:5000/cart:v1.2',
    'my-registry.io/a__b/c',
  ])('may be called %s', (image) => {
    expect(errorsOf({ image })).toEqual([])
  })

  it.each([
    'Shop/cart',
    '(a+)+$',
    'shop/.*',
    'shop*',
    '*',
    'shop/cart:',
    'shop/cart:a*b',
    'shop/cart@sha256:0123456789abcdef0123456789abcdef',
    '/cart',
    'shop//cart',
    '__proto__',
  ])('may not be called %s', (image) => {
    expect(errorsOf({ image })).toEqual([
      `spec.image: Invalid value: ${JSON.stringify(image)}: ${NAME}`,
    ])
  })

  const cases: readonly (readonly [string, object, readonly string[]])[] = [
    ['no name', { image: '' }, ['spec.image: Required value']],
    [
      'variables without a name, twice, with a wrong code',
      { env: [{ name: '' }, { name: 'A=B' }, { name: 'X' }, { name: 'X', exitCode: 256 }] },
      [
        'spec.env[0].name: Required value',
        expect.stringMatching(/^spec\.env\[1\]\.name: Invalid value: "A=B": a valid environment/),
        'spec.env[3].name: Duplicate value: "X"',
        'spec.env[3].exitCode: Invalid value: 256: must be between 0 and 255, inclusive',
      ],
    ],
    [
      'durations that are none',
      { startDelay: 'soon', pull: { delay: '-1s' }, exits: { after: '9999999999h' } },
      [
        'spec.pull.delay: Invalid value: "-1s": must be between 0s and 24h',
        'spec.startDelay: Invalid value: "soon": time: invalid duration "soon"',
        'spec.exits.after: Invalid value: "9999999999h": must be between 0s and 24h',
      ],
    ],
    [
      'a listener without a port',
      { listens: [{}] },
      ['spec.listens[0].port: Required value: must be set if portFrom is not'],
    ],
    [
      'listeners of wrong kinds',
      {
        listens: [
          { port: 0 },
          { port: 70000, protocol: 'QUIC', host: '0.0.0.0' },
          { port: 53, protocol: 'UDP', replies: [{ path: '/' }] },
        ],
      },
      [
        'spec.listens[0].port: Invalid value: 0: must be between 1 and 65535, inclusive',
        'spec.listens[1].port: Invalid value: 70000: must be between 1 and 65535, inclusive',
        'spec.listens[1].protocol: Unsupported value: "QUIC": supported values: "SCTP", "TCP", "UDP"',
        'spec.listens[1].host: Unsupported value: "0.0.0.0": supported values: "127.0.0.1"',
        'spec.listens[2].replies: Forbidden: HTTP is answered over TCP only',
      ],
    ],
    [
      'the same port twice',
      { listens: [{ port: 80 }, { port: 80 }] },
      ['spec.listens[1].port: Duplicate value: 80'],
    ],
    [
      'a path that is a regular expression',
      reply({ path: '^/(a+)+$' }),
      [`${REPLY}.path: Invalid value: "^/(a+)+$": ${PATH}`],
    ],
    [
      'a star in the middle of a path',
      reply({ path: '/a*b*' }),
      [`${REPLY}.path: Invalid value: "/a*b*": ${PATH}`],
    ],
    [
      'a method and a status that are none',
      reply({ method: 'get', status: 42 }),
      [
        `${REPLY}.method: Unsupported value: "get": supported values: "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"`,
        `${REPLY}.status: Invalid value: 42: must be between 200 and 599, inclusive`,
      ],
    ],
    [
      'a header of two lines',
      reply({ headers: { A: 'x\r\nB: y' } }),
      [
        `${REPLY}.headers[A]: Invalid value: "x\\r\\nB: y": must be one line without control characters`,
      ],
    ],
    [
      'a failure with a body',
      reply({ failure: 'silent', body: 'x' }),
      [`${REPLY}.failure: Forbidden: may not be used with \`status\` or \`body\``],
    ],
    [
      'a failure that is none',
      reply({ failure: 'explode' }),
      [`${REPLY}.failure: Unsupported value: "explode": supported values: "reset", "silent"`],
    ],
    [
      'a dependency that is no URL',
      reply({ calls: 'users' }),
      [
        `${REPLY}.calls: Invalid value: "users": must be a URL that begins with http:// or https://, or with {env.NAME}`,
      ],
    ],
    [
      'a body that is too long',
      reply({ body: 'x'.repeat(16 * 1024 + 1) }),
      [`${REPLY}.body: Too long: may not be more than 16384 bytes`],
    ],
    [
      'a line that comes too often, and one that says nothing',
      { log: [{ text: 'x', every: '1ms' }, { text: '' }] },
      [
        'spec.log[0].every: Invalid value: "1ms": must be between 1s and 24h',
        'spec.log[1].text: Required value',
      ],
    ],
    [
      'memory of nothing',
      { memory: '0' },
      ['spec.memory: Invalid value: "0": must be greater than 0 and at most 1Ti'],
    ],
    [
      'a failure of the pull without a reason',
      { pull: { failure: '' } },
      ['spec.pull.failure: Required value: must say why'],
    ],
  ]
  it.each(cases)('with %s is refused', (_what, changes, expected) => {
    expect(errorsOf(changes)).toEqual(expected)
  })

  it('is checked with bounded work, however much of it there is', () => {
    const many = <T>(value: T): readonly T[] => Array.from({ length: 100_000 }, () => value)
    expect(errorsOf({ env: many({ name: 'A' }) })).toHaveLength(1 + 31 + 1)
    expect(errorsOf({ log: many({ text: '' }) })).toHaveLength(1 + 32 + 1)
    expect(errorsOf({ listens: [{ port: 1, replies: many({ path: '' }) }] })).toEqual([
      'spec.listens: Too many: 100000: must have at most 128 items',
      'spec: Too long: may not be more than 131072 bytes',
    ])
    const long = errorsOf({ image: `a${'-'.repeat(1_000_000)}`, startDelay: '1h'.repeat(100_000) })
    expect(long).toHaveLength(3)
    expect(long.join('').length).toBeLessThan(1000)
  })

  it('may not be heavier in all than one object should be', () => {
    const replies = Array.from({ length: 9 }, (_, index) => ({
      path: `/${index}`,
      body: 'x'.repeat(16 * 1024),
    }))
    expect(errorsOf({ listens: [{ port: 1, replies }] })).toEqual([
      'spec: Too long: may not be more than 131072 bytes',
    ])
  })
})
