// The server's end of a WebSocket on one of Node's own sockets. (RFC 6455)
import { createHash } from 'node:crypto'

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const [TEXT, BINARY, CLOSE, PING, PONG] = [1, 2, 8, 9, 10]
const FIN = 0x80

const head = (opcode, length) => {
  if (length < 126) return Buffer.from([FIN | opcode, length])
  if (length < 65_536) return Buffer.from([FIN | opcode, 126, length >> 8, length & 255])
  const long = Buffer.alloc(10)
  long[0] = FIN | opcode
  long[1] = 127
  long.writeBigUInt64BE(BigInt(length), 2)
  return long
}

/** The first frame in what came, with what follows it; undefined: it is not all there yet. */
const readFrame = (bytes) => {
  if (bytes.length < 2) return undefined
  const short = bytes[1] & 127
  const start = 2 + (short === 126 ? 2 : short === 127 ? 8 : 0)
  if (bytes.length < start + 4) return undefined
  const length =
    short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short
  const end = start + 4 + length
  if (bytes.length < end) return undefined
  const mask = bytes.subarray(start, start + 4)
  const payload = Buffer.from(bytes.subarray(start + 4, end))
  for (let at = 0; at < length; at++) payload[at] ^= mask[at % 4]
  return {
    opcode: bytes[0] & 15,
    isLast: (bytes[0] & FIN) !== 0,
    payload,
    rest: bytes.subarray(end),
  }
}

/**
 * Takes the client's request for a socket. `onMessage` gets each message as bytes; `onClose` is called once, whoever ends it. Answers
 * `{ send(bytes), close() }`.
 */
export const acceptWebSocket = (request, socket, { protocol, onMessage, onClose }) => {
  const accept = createHash('sha1')
    .update(request.headers['sec-websocket-key'] + GUID)
    .digest('base64')
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: ${protocol}\r\n\r\n`,
  )
  let isOpen = true
  const close = () => {
    if (!isOpen) return
    isOpen = false
    socket.end(Buffer.concat([head(CLOSE, 2), Buffer.from([0x03, 0xe8])]))
    onClose()
  }
  let bytes = Buffer.alloc(0)
  let parts = []
  const take = ({ opcode, isLast, payload }) => {
    if (opcode === CLOSE) return close()
    if (opcode === PING) return socket.write(Buffer.concat([head(PONG, payload.length), payload]))
    if (opcode === PONG) return undefined
    if (opcode === TEXT || opcode === BINARY) parts = []
    parts.push(payload)
    return isLast ? onMessage(Buffer.concat(parts)) : undefined
  }
  socket.on('data', (chunk) => {
    bytes = Buffer.concat([bytes, chunk])
    for (let frame = readFrame(bytes); frame !== undefined; frame = readFrame(bytes)) {
      bytes = frame.rest
      if (isOpen) take(frame)
    }
  })
  socket.on('error', close)
  socket.on('close', close)
  return {
    send: (payload) => {
      if (isOpen) socket.write(Buffer.concat([head(BINARY, payload.length), payload]))
    },
    close,
  }
}
