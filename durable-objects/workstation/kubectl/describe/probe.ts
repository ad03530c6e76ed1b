import type { Probe, HTTPGetAction } from '#api/core/v1/pod/container-types.ts'
import { encodeUtf8 } from '#apimachinery/utf8.ts'
import { goList, hostPort } from '#kubectl/describe/go-format.ts'

/** kubernetes: kubectl pkg/describe DescribeProbe */
export const probeText = (probe: Probe): string => {
  const attributes = [
    `delay=${probe.initialDelaySeconds ?? 0}s`,
    `timeout=${probe.timeoutSeconds ?? 0}s`,
    `period=${probe.periodSeconds ?? 0}s`,
    `#success=${probe.successThreshold ?? 0}`,
    `#failure=${probe.failureThreshold ?? 0}`,
  ].join(' ')
  return `${handlerText(probe)} ${attributes}`
}

const handlerText = ({ exec, httpGet, tcpSocket, grpc }: Probe): string => {
  if (exec !== undefined) return `exec ${goList(exec.command)}`
  if (httpGet !== undefined) return `http-get ${urlText(httpGet)}`
  if (tcpSocket !== undefined) return `tcp-socket ${tcpSocket.host ?? ''}:${tcpSocket.port}`
  if (grpc !== undefined) return `grpc <pod>:${grpc.port} ${grpc.service ?? ''}`
  return 'unknown'
}

/** As net/url writes it. */
const urlText = ({ scheme, host = '', path = '', port }: HTTPGetAction): string => {
  const slash = path !== '' && !path.startsWith('/') ? '/' : ''
  const prefix = scheme === undefined ? '' : `${scheme.toLowerCase()}:`
  return `${prefix}//${hostPort(host, port)}${slash}${escapePath(path)}`
}

/** go: net/url escape with encodePath */
const escapePath = (path: string): string =>
  path === '*'
    ? path
    : path.replace(/[^A-Za-z0-9\-_.~$&+,/:;=@]+/gu, (text) =>
        Array.from(
          encodeUtf8(text),
          (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
        ).join(''),
      )
