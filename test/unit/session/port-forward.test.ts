import { constants, createDeflate, type Deflate } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { Contacted } from '#images/network.ts'
import { fourBytes, joined, numberAt } from '../../../durable-objects/session/streams/bytes.ts'
import { PortForward } from '../../../durable-objects/session/streams/port-forward.ts'
import { SPDY_DICTIONARY } from '../../../durable-objects/session/streams/spdy-dictionary.ts'
import { SpdyError } from '../../../durable-objects/session/streams/spdy.ts'

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1')
const lengthOf = ({ length }: Uint8Array) => fourBytes(length).slice(1)

/** The client's side, as kubectl speaks it. */
class Client {
  readonly sent: string[] = []
  readonly #deflate: Deflate = createDeflate({ dictionary: SPDY_DICTIONARY })
  readonly #forward: PortForward
  readonly asked: string[] = []

  constructor(contact: (port: number) => Contacted) {
    this.#forward = new PortForward(
      {
        contact: (port, { http, message }) => {
          this.asked.push(`${port} ${http?.path ?? JSON.stringify(message)}`)
          return contact(port)
        },
        date: () => 'now',
        failure: (port) => `nobody listens on ${port}`,
      },
      (frame) => this.sent.push(describeFrame(frame)),
    )
  }

  async open(id: number, headers: Readonly<Record<string, string>>): Promise<void> {
    const text = (value: string) => joined(fourBytes(value.length), bytes(value))
    const block = joined(
      fourBytes(Object.keys(headers).length),
      ...Object.entries(headers).flatMap(([name, value]) => [text(name), text(value)]),
    )
    const packed = await this.#compress(block)
    await this.control(1, joined(fourBytes(id), fourBytes(0), new Uint8Array(2), packed))
  }

  async pair(port: number, request = '0'): Promise<void> {
    await this.open(1, { streamtype: 'error', port: String(port), requestid: request })
    await this.open(3, { streamtype: 'data', port: String(port), requestid: request })
  }

  control(type: number, payload: Uint8Array): Promise<void> {
    const head = new Uint8Array([0x80, 3, 0, type, 0])
    return this.#forward.receive(joined(head, lengthOf(payload), payload))
  }

  data(id: number, text: string, flags = 0): Promise<void> {
    const payload = bytes(text)
    const frame = joined(fourBytes(id), new Uint8Array([flags]), lengthOf(payload), payload)
    return this.#forward.receive(frame)
  }

  raw(text: Uint8Array): Promise<void> {
    return this.#forward.receive(text)
  }

  #compress(block: Uint8Array): Promise<Uint8Array> {
    return new Promise((resolve) => {
      const parts: Uint8Array[] = []
      const take = (chunk: Uint8Array) => parts.push(chunk)
      this.#deflate.on('data', take)
      this.#deflate.write(block)
      this.#deflate.flush(constants.Z_SYNC_FLUSH, () => {
        this.#deflate.off('data', take)
        resolve(joined(...parts))
      })
    })
  }
}

const describeFrame = (frame: Uint8Array): string => {
  const head = numberAt(frame, 0)
  const payload = Buffer.from(frame.slice(8)).toString('latin1')
  if (head >>> 31 === 1) return `control ${head & 0xffff}`
  return `${head}${(frame[4]! & 1) === 1 ? ' end' : ''} ${payload}`.trim()
}

const web = (): Contacted => ({
  source: '',
  takes: 1,
  outcome: 'http',
  reply: { status: 200, headers: {}, body: 'hello' },
})

const REPLY = 'HTTP/1.1 200 OK\r\nDate: now\r\nContent-Length: 5\r\n\r\nhello'

describe('port-forward', () => {
  it('hands a request on and the reply back', async () => {
    const client = new Client(web)
    await client.pair(8080)
    await client.data(3, 'GET /a HTTP/1.1\r\nHost: x\r\n\r\n')
    expect(client.asked).toEqual(['8080 /a'])
    expect(client.sent).toEqual(['control 2', 'control 2', `3 ${REPLY}`, 'control 9'])
  })

  it('puts a request together however its bytes are cut', async () => {
    const client = new Client(web)
    await client.pair(80)
    for (const letter of 'GET / HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\n')
      await client.data(3, letter)
    expect(client.asked).toEqual(['80 /', '80 /b'])
  })

  it('closes both streams after what the client wrote last', async () => {
    const client = new Client(web)
    await client.pair(80)
    await client.data(3, 'GET / HTTP/1.0\r\n\r\n')
    expect(client.sent.filter((frame) => frame.endsWith('end'))).toEqual(['1 end', '3 end'])
  })

  it('says on the error stream that nobody listens', async () => {
    const client = new Client(() => ({ source: '', takes: 0, outcome: 'refused' }))
    await client.pair(99)
    await client.data(3, 'GET / HTTP/1.1\r\n\r\n')
    expect(client.sent).toContain('1 nobody listens on 99')
  })

  it('carries bytes that are no HTTP', async () => {
    const client = new Client(() => ({
      source: '',
      takes: 0,
      outcome: 'message',
      text: '+PONG\r\n',
    }))
    await client.pair(6379)
    await client.data(3, '*1\r\n$4\r\nPING\r\n')
    expect(client.asked).toEqual([String.raw`6379 "*1\r\n$4\r\nPING\r\n"`])
    expect(client.sent).toContain('3 +PONG')
  })

  it('answers a ping, and keeps several connections apart', async () => {
    const client = new Client(web)
    await client.control(6, fourBytes(7))
    await client.pair(80, 'a')
    await client.open(5, { streamtype: 'error', port: '81', requestid: 'b' })
    await client.open(7, { streamtype: 'data', port: '81', requestid: 'b' })
    await client.data(7, 'GET /b HTTP/1.1\r\n\r\n')
    expect(client.asked).toEqual(['81 /b'])
    expect(client.sent[0]).toBe('control 6')
  })

  it('ends streams that are for no port', async () => {
    const client = new Client(web)
    await client.open(1, { streamtype: 'data', port: '99999', requestid: '0' })
    expect(client.sent).toEqual(['control 2', '1 end'])
  })

  it('forgets half a pair that its client gave up', async () => {
    const client = new Client(web)
    await client.open(1, { streamtype: 'error', port: '80', requestid: '0' })
    await client.control(3, joined(fourBytes(1), fourBytes(5)))
    await client.open(3, { streamtype: 'data', port: '80', requestid: '0' })
    await client.data(3, 'GET / HTTP/1.1\r\n\r\n')
    expect(client.asked).toEqual([])
  })

  it('refuses headers that unfold into megabytes', async () => {
    const bomb = new Client(web)
    await expect(bomb.open(1, { port: '8'.repeat(4_000_000) })).rejects.toThrow(
      'headers are too long',
    )
    const packed = new Client(web)
    await expect(packed.control(1, new Uint8Array(20_000))).rejects.toThrow('headers are too long')
  })

  it.each([
    ['a frame that is too long', new Uint8Array([0x80, 3, 0, 1, 0, 255, 255, 255])],
    [
      'headers that are no zlib',
      joined(new Uint8Array([0x80, 3, 0, 1, 0, 0, 0, 14]), new Uint8Array(14)),
    ],
    ['a stream without an id', new Uint8Array([0x80, 3, 0, 1, 0, 0, 0, 2, 1, 1])],
  ])('refuses %s', async (_, frame) => {
    await expect(new Client(web).raw(frame)).rejects.toThrow(SpdyError)
  })
})
