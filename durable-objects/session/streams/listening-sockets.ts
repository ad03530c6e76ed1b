// The WebSockets of clients that only listen: a watch as one message an event, a log as bytes.
// kubernetes: apiserver pkg/endpoints/handlers/watch.go HandleWS, apimachinery pkg/util/httpstream/wsstream/stream.go Reader

/** How a log is cut into messages. The empty name is of clients that offer none. */
const LOG_PROTOCOLS = ['', 'binary.k8s.io', 'base64.binary.k8s.io']

const NORMAL = 1000
const REFUSED = 1008

/** Why somebody may not go on listening; undefined: what he listens to is over. */
export type WhyNot = () => string | undefined

type Message = string | Uint8Array

/** What is told as it happens, or all of it. */
export type Told = string | Uint8Array | ReadableStream<Uint8Array>

/** Lines as messages. Empty ones say only that somebody is there. */
const lines = (): ((text: string) => readonly Message[]) => {
  let rest = ''
  return (text) => {
    const whole = (rest + text).split('\n')
    rest = whole.pop()!
    return whole.filter((line) => line !== '').map((line) => `${line}\n`)
  }
}

const streamOf = (told: Told): ReadableStream<Uint8Array> =>
  told instanceof ReadableStream
    ? told
    : new ReadableStream<Uint8Array>({
        start: (controller) => {
          controller.enqueue(typeof told === 'string' ? new TextEncoder().encode(told) : told)
          controller.close()
        },
      })

const open = (
  told: Told,
  protocol: string,
  whyNot: WhyNot,
  messages: (chunk: Uint8Array) => readonly Message[],
): Response => {
  const [client, server] = Object.values(new WebSocketPair()) as [WebSocket, WebSocket]
  server.accept()
  const reader = streamOf(told).getReader()
  let isOpen = true
  const close = (): void => {
    if (!isOpen) return
    isOpen = false
    // ends the watch behind it
    void reader.cancel()
    const why = whyNot()
    server.close(why === undefined ? NORMAL : REFUSED, why)
  }
  const tell = async (): Promise<void> => {
    for (;;) {
      const { done, value } = await reader.read()
      if (done || !isOpen) return close()
      for (const message of messages(value)) server.send(message)
    }
  }
  server.addEventListener('close', close)
  server.addEventListener('error', close)
  void tell().catch(close)
  return new Response(null, {
    status: 101,
    webSocket: client,
    ...(protocol === '' ? {} : { headers: { 'sec-websocket-protocol': protocol } }),
  })
}

export const openWatchSocket = (told: Told, whyNot: WhyNot): Response => {
  const decoder = new TextDecoder()
  const split = lines()
  return open(told, '', whyNot, (chunk) => split(decoder.decode(chunk, { stream: true })))
}

export const openLogSocket = (offered: readonly string[], told: Told, whyNot: WhyNot): Response => {
  const protocol = LOG_PROTOCOLS.find((known) => offered.includes(known))
  if (protocol === undefined) {
    if (told instanceof ReadableStream) void told.cancel()
    return new Response('requested protocol(s) are not supported', { status: 403 })
  }
  const isBase64 = protocol.startsWith('base64')
  return open(told, protocol, whyNot, (chunk) => [
    isBase64 ? Buffer.from(chunk).toString('base64') : chunk,
  ])
}
