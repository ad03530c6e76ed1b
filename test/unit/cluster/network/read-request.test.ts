import { describe, expect, test } from 'vitest'
import { readManyRequests, readTraceRequest } from '#network/read-request.ts'

const read = (given: object) =>
  readTraceRequest({ from: { workstation: true }, to: 'http://web/', ...given })

describe('a request to be traced', () => {
  test('needs no more than where it comes from and where it goes', () => {
    expect(readTraceRequest({ from: { pod: 'shop/web-1' }, to: 'http://web-service' })).toEqual({
      from: { pod: { namespace: 'shop', name: 'web-1' } },
      to: { scheme: 'http', host: 'web-service', port: 80, path: '/' },
      method: 'GET',
      headers: {},
      body: '',
    })
  })

  test.each([
    ['https://api.external.com', { scheme: 'https', host: 'api.external.com', port: 443 }],
    ['HTTP://web:8080/a?b=c', { scheme: 'http', port: 8080, path: '/a?b=c' }],
    ['http://web?b=c#top', { path: '/?b=c' }],
    ['tcp://10.96.0.10:80', { scheme: 'tcp', host: '10.96.0.10', port: 80 }],
    ['udp://10.96.0.10:53', { scheme: 'udp', port: 53 }],
  ])('reads %s', (to, target) => {
    expect(read({ to })).toMatchObject({ to: target })
  })

  test.each([
    [{ pod: 'web-1' }, { pod: { namespace: 'default', name: 'web-1' } }],
    [{ pod: { namespace: 'a', name: 'b' } }, { pod: { namespace: 'a', name: 'b' } }],
    [{ node: 'node-1' }, { node: 'node-1' }],
    [{ internet: true }, { internet: true }],
    ['pod:web-1', { pod: { namespace: 'default', name: 'web-1' } }],
    ['pod:shop/web-1', { pod: { namespace: 'shop', name: 'web-1' } }],
    ['node:node-1', { node: 'node-1' }],
    ['internet', { internet: true }],
    ['workstation', { workstation: true }],
  ])('reads the source %j', (from, source) => {
    expect(read({ from })).toMatchObject({ from: source })
  })

  test('keeps a header that is called __proto__ to itself', () => {
    const request = read({ headers: JSON.parse('{"__proto__": "x"}') as object })
    expect('headers' in request && Object.keys(request.headers)).toEqual(['__proto__'])
  })

  test.each([
    [{ to: 'web-service' }, 'does not say how'],
    [{ connection: 'close' }, 'connection: must be "reuse"'],
    [{ connection: true }, 'connection: must be "reuse"'],
    [{ connection: 'reuse', to: 'udp://web:53' }, 'only http, https and tcp'],
    [{ to: 'ftp://web/' }, '"ftp" is unknown'],
    [{ to: 'tcp://web' }, 'tcp needs a port'],
    [{ to: 'tcp://web:0' }, 'from 1 to 65535'],
    [{ to: 'tcp://web:65536' }, 'from 1 to 65535'],
    [{ to: 'tcp://web:8e1' }, 'from 1 to 65535'],
    [{ to: 'http://[::1]/' }, 'no IPv6'],
    [{ to: 'http://::1/' }, 'no IPv6'],
    [{ to: 'http://a@b/' }, 'user names'],
    [{ to: 'http:///' }, 'host is missing'],
    [{ to: 'http://10.96.1/' }, 'no IPv4 address'],
    [{ to: 'http://10.96.0.010/' }, 'no IPv4 address'],
    [{ to: 'http://a b/' }, 'no host name'],
    [{ to: 'http://a..b/' }, 'empty label'],
    [{ to: `http://${'a'.repeat(64)}/` }, 'label too long'],
    [{ to: `http://a/${'a'.repeat(3000)}` }, 'longer than'],
    [{ to: 'http://a/\r\nHost: b' }, 'visible ASCII'],
    [{ to: 7 }, 'must be text'],
    [{ from: 'moon' }, 'write pod:NAMESPACE/NAME'],
    [{ from: 'pod:' }, '"" is no "namespace/name" of a Pod'],
    [{ from: 'pod:a/b/c' }, '"a/b/c" is no "namespace/name" of a Pod'],
    [{ from: 'node:A\n' }, 'is no name of a node'],
    [{ from: undefined }, 'from: must be one of'],
    [{ from: {} }, 'from: must be one of'],
    [{ from: { node: 'a', internet: true } }, 'from: must be one of'],
    [{ from: { internet: false } }, 'from: must be one of'],
    [{ from: { pod: '../x' } }, 'no "namespace/name"'],
    [{ from: { pod: { name: {} } } }, 'no "namespace/name"'],
    [{ from: { node: 'A B' } }, 'no name of a node'],
    [{ headers: { 'a b': 'c' } }, 'no name of a header'],
    [{ headers: { a: 'b\nc: d' } }, 'one line'],
    [{ headers: ['a'] }, 'object of texts'],
    [{ method: 'GET /' }, 'method:'],
    [{ body: 'a'.repeat(70_000) }, 'body:'],
    [{ sourcePort: 1.5 }, 'sourcePort:'],
    [{ colour: 1 }, '"colour" is unknown'],
  ])('says what is wrong with %j', (given, words) => {
    expect(read(given)).toEqual({ problem: expect.stringContaining(words) as string })
  })

  test.each([null, [], 'x', 3])('does not take %j for a request', (document) => {
    expect(readTraceRequest(document)).toHaveProperty('problem')
  })
})

describe('many requests', () => {
  const many = (count: unknown) =>
    readManyRequests({ from: { internet: true }, to: 'http://web/', count })

  test('have a count', () => {
    expect(many(1000)).toMatchObject({ count: 1000, request: { from: { internet: true } } })
  })

  test.each([0, -1, 1.5, 1e9, '7', undefined, Number.NaN])('are not %j', (count) => {
    expect(many(count)).toHaveProperty('problem')
  })
})
