import { describe, expect, it } from 'vitest'
import { readRequest, writeReply } from '../../../durable-objects/session/streams/http-bytes.ts'

const GET = 'GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n'

describe('a request on a wire', () => {
  it('is read with its headers, and what follows is left', () => {
    const read = readRequest(`${GET}GET /next`)
    expect(read).toEqual({
      request: { method: 'GET', path: '/a?b=c', headers: { host: 'x' }, body: '' },
      closes: false,
      length: GET.length,
    })
  })

  it.each([
    ['with a length', 'POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello', 'hello'],
    [
      'in chunks',
      'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\n\r\n',
      'hello',
    ],
    ['in UTF-8', 'POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n\xc3\xa4', 'ä'],
  ])('has a body %s', (_, text, body) => {
    const read = readRequest(text)
    expect(typeof read === 'object' && [read.request.body, read.length]).toEqual([
      body,
      text.length,
    ])
  })

  it.each([
    ['more', ''],
    ['more', 'GE'],
    ['more', 'GET / HTTP/1.1\r\nHost:'],
    ['more', 'POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhell'],
    ['more', 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel'],
    ['other', 'hello\n'],
    ['other', '*1\r\n$4\r\nPING\r\n'],
    ['other', 'PING\r\n'],
    ['other', '\x16\x03\x01'],
    ['bad', 'GET / HTTP/1.1\r\nno colon\r\n\r\n'],
    ['bad', 'POST / HTTP/1.1\r\nContent-Length: 999999999\r\n\r\n'],
    ['bad', 'POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n'],
    ['bad', 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'],
    ['bad', `GET / HTTP/1.1\r\nX: ${'x'.repeat(70_000)}`],
  ])('is %s: %j', (expected, text) => {
    expect(readRequest(text)).toBe(expected)
  })

  it.each([
    ['HTTP/1.1\r\nConnection: close', true],
    ['HTTP/1.1', false],
    ['HTTP/1.0', true],
    ['HTTP/1.0\r\nConnection: keep-alive', false],
  ])('says whether the connection ends: %j', (rest, closes) => {
    expect(readRequest(`GET / ${rest}\r\n\r\n`)).toMatchObject({ closes })
  })
})

describe('a reply on a wire', () => {
  const DATE = 'Thu, 01 Jan 2026 00:00:00 GMT'
  const request = { method: 'GET', path: '/' }

  it('has its length in bytes and a date', () => {
    const reply = { status: 200, headers: { 'Content-Type': 'text/plain' }, body: 'ä' }
    expect(writeReply(reply, request, true, DATE)).toBe(
      `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nDate: ${DATE}\r\nContent-Length: 2\r\nConnection: close\r\n\r\n\xc3\xa4`,
    )
  })

  it.each([
    [204, 'GET', ''],
    [200, 'HEAD', 'Content-Length: 4\r\n'],
  ])('has no body with status %i to %s', (status, method, length) => {
    const text = writeReply(
      { status, headers: {}, body: 'text' },
      { ...request, method },
      false,
      DATE,
    )
    expect(text.endsWith(`Date: ${DATE}\r\n${length}\r\n`)).toBe(true)
  })
})
