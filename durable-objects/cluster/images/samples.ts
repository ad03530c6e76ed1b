// Small images that tutorials like.
import {
  htmlReply,
  type ImageBehaviour,
  MEBIBYTE,
  programName,
  quietly,
  type Tools,
  textReply,
} from '#images/behaviour.ts'
import { httpOn } from '#images/http.ts'

/** Base systems: a shell that has nothing to read. */
export const shellImage = (sizeBytes: number, shell: string, tools?: Tools): ImageBehaviour => ({
  sizeBytes,
  entrypoint: [],
  cmd: [shell],
  user: 0,
  ...(tools === undefined ? {} : { tools }),
})

export const pause: ImageBehaviour = {
  sizeBytes: 319_820,
  entrypoint: ['/pause'],
  cmd: [],
  user: 65_535,
  program: ([name]) => (programName(name) === 'pause' ? quietly({ terminates: 0 }) : undefined),
}

/** `-text=hi`, `--text hi` */
export const flag = (argv: readonly string[], name: string): string | undefined => {
  const index = argv.findIndex((word) => word.replace(/^--?/, '').split('=')[0] === name)
  if (index < 0) return undefined
  const [, value] = argv[index]!.split(/=(.*)/s)
  return value ?? argv[index + 1]
}

const SIZE_UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1024,
  m: MEBIBYTE,
  g: 1024 * MEBIBYTE,
}

/** Allocates memory on purpose. */
export const stress: ImageBehaviour = {
  sizeBytes: 4_041_495,
  entrypoint: [],
  cmd: ['stress', '--verbose', '--vm', '1', '--vm-bytes', '256M'],
  user: 0,
  program: (argv) => {
    if (!/^stress(-ng)?$/.test(programName(argv[0]))) return undefined
    const size = /^(\d+)([bkmg]?)$/i.exec(flag(argv, 'vm-bytes') ?? '')
    const workers = flag(argv, 'vm') === undefined ? 0 : Number(flag(argv, 'vm'))
    const each =
      size === null ? 256 * MEBIBYTE : Number(size[1]) * SIZE_UNITS[size[2]!.toLowerCase()]!
    const timeout = Number(flag(argv, 'timeout')?.replace(/s$/, ''))
    return quietly({
      memoryBytes: MEBIBYTE + (workers > 0 ? workers * each : 0),
      log: [
        {
          after: 0,
          text: `stress: info: [1] dispatching hogs: 0 cpu, 0 io, ${workers} vm, 0 hdd`,
          stream: 'stdout',
        },
      ],
      ...(timeout > 0 ? { ends: { after: timeout * 1000, exitCode: 0 } } : {}),
      terminates: 143,
    })
  },
}

/** The cluster's own name server. */
export const coredns: ImageBehaviour = {
  sizeBytes: 23_553_139,
  entrypoint: ['/coredns'],
  cmd: [],
  user: 65_532,
  program: ([name]) =>
    programName(name) === 'coredns'
      ? quietly({
          listens: [
            { port: 53, protocol: 'UDP', after: 0 },
            { port: 53, protocol: 'TCP', after: 0 },
            httpOn(8080, () => textReply('OK')),
            httpOn(8181, () => textReply('OK')),
            httpOn(9153, () => textReply('')),
          ],
          memoryBytes: 14 * MEBIBYTE,
          cpu: 2.1,
          log: [
            { after: 0, text: '.:53', stream: 'stdout' },
            { after: 0, text: 'CoreDNS-1.14.2', stream: 'stdout' },
          ],
          terminates: 0,
        })
      : undefined,
}

/** Writes the nodes' packet rules. What it writes is worked out elsewhere; here it only answers whether it is well. */
export const kubeProxy: ImageBehaviour = {
  sizeBytes: 25_964_312,
  entrypoint: ['/usr/local/bin/kube-proxy'],
  cmd: [],
  user: 0,
  program: ([name]) =>
    programName(name) === 'kube-proxy'
      ? quietly({
          listens: [
            httpOn(10_256, () => textReply('{}', 200, 'application/json')),
            // metricsBindAddress is 127.0.0.1 if nothing is said
            { ...httpOn(10_249, () => textReply('')), host: '127.0.0.1' },
          ],
          memoryBytes: 18 * MEBIBYTE,
          terminates: 0,
        })
      : undefined,
}

/** Collects what nodes and Pods use. The API server answers for it; here it only says whether it is well. */
export const metricsServer: ImageBehaviour = {
  sizeBytes: 22_541_216,
  entrypoint: ['/metrics-server'],
  cmd: [],
  user: 65_534,
  program: ([name, ...argv]) => {
    if (programName(name) !== 'metrics-server') return undefined
    const port = Number(flag(argv, 'secure-port') ?? 443)
    const answer = ({ path }: { readonly path: string }) =>
      /^\/(livez|readyz|healthz)(\?|$)/.test(path)
        ? textReply('ok')
        : textReply('Unauthorized\n', 401)
    return quietly({
      listens: [{ ...httpOn(port, answer), tls: true }],
      memoryBytes: 22 * MEBIBYTE,
      cpu: 3.4,
      log: [
        {
          after: 0,
          text: `secure_serving.go:211] "Serving securely on [::]:${port}"`,
          stream: 'stderr',
          clock: 'klog',
        },
      ],
      terminates: 0,
    })
  },
}

/** Prints and leaves. */
export const helloWorld: ImageBehaviour = {
  sizeBytes: 10_072,
  entrypoint: [],
  cmd: ['/hello'],
  user: 0,
  program: ([name]) =>
    programName(name) === 'hello'
      ? quietly({
          ends: { after: 10, exitCode: 0 },
          log: [{ after: 0, text: 'Hello from Docker!', stream: 'stdout' }],
        })
      : undefined,
}

/** One HTTP server with one answer, whatever it is started with. */
export const fixedServer = (
  sizeBytes: number,
  command: string,
  port: number,
  body: string,
): ImageBehaviour => ({
  sizeBytes,
  entrypoint: [],
  cmd: [command],
  user: 0,
  program: ([name]) =>
    name === command
      ? quietly({
          listens: [httpOn(port, () => htmlReply(body))],
          memoryBytes: 16 * MEBIBYTE,
          terminates: 143,
        })
      : undefined,
})

/** An image that nobody described: it serves the ports that its container declares. */
export const genericImage = (sizeBytes: number): ImageBehaviour => ({
  sizeBytes,
  entrypoint: [],
  cmd: [GENERIC_PROGRAM],
  user: 0,
  program: ([name], { ports }) =>
    name === GENERIC_PROGRAM
      ? quietly({
          listens: ports.map(({ containerPort, protocol }) =>
            (protocol ?? 'TCP') === 'TCP'
              ? httpOn(containerPort, (_, self) => textReply(`${self.hostname}\n`))
              : {
                  port: containerPort,
                  protocol: protocol ?? 'TCP',
                  after: 0,
                  message: (text) => text,
                },
          ),
          memoryBytes: 4 * MEBIBYTE,
          terminates: 143,
          guessed: true,
        })
      : undefined,
})

const GENERIC_PROGRAM = '/entrypoint'
