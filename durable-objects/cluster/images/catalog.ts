// Which image does what, and which images there are not.
import { agnhost, nautilus, nonewprivs } from '#images/agnhost.ts'
import type { ImageBehaviour, PullFailure, Tools } from '#images/behaviour.ts'
import { processOfOutput } from '#images/commands/output.ts'
import { isNetworkCommand, runNetworkCommand } from '#images/commands/run.ts'
import { mariadb, memcached, mongo, mysql, postgres, redis } from '#images/databases.ts'
import {
  ealenEcho,
  helloApp,
  httpEcho,
  jmallocEcho,
  kubernetesBootcamp,
  mendhakEcho,
  nginxEcho,
  nginxHello,
  whoami,
} from '#images/echo-servers.ts'
import { hpaExample } from '#images/hpa-example.ts'
import {
  familiarName,
  familiarReference,
  type ImageReference,
  parseReference,
} from '#apimachinery/image-reference.ts'
import {
  coredns,
  fixedServer,
  genericImage,
  helloWorld,
  kubeProxy,
  metricsServer,
  pause,
  shellImage,
  stress,
} from '#images/samples.ts'
import * as synergychat from '#images/synergychat.ts'
import {
  ALPINE_TOOLS,
  BUSYBOX_TOOLS,
  CURL_TOOLS,
  DEBIAN_TOOLS,
  NETSHOOT_TOOLS,
} from '#images/tools.ts'
import { caddy, httpd, nginx, unprivilegedNginx } from '#images/web-servers.ts'
import { isMisspelling, tagExists } from '#images/well-known.ts'

export interface KnownImage {
  readonly reference: ImageReference
  readonly behaviour: ImageBehaviour
}

/** Something that waits, with the tools to look around by hand. */
const sleeper = (sizeBytes: number, cmd: readonly string[], tools: Tools): ImageBehaviour => ({
  sizeBytes,
  entrypoint: [],
  cmd,
  user: 0,
  tools,
})

const curlImage: ImageBehaviour = {
  sizeBytes: 9_422_312,
  entrypoint: ['/entrypoint.sh'],
  cmd: ['curl'],
  user: 100,
  tools: CURL_TOOLS,
  // Its entrypoint puts `curl` in front of arguments that are no command.
  program: (argv, { network, now, env }) => {
    if (argv[0] !== '/entrypoint.sh' || network === undefined) return undefined
    const isCurl = argv[1]?.startsWith('-') === true || !isNetworkCommand(argv[1])
    const output = runNetworkCommand(
      { argv: isCurl ? ['curl', ...argv.slice(1)] : argv.slice(1), network, now: now ?? 0, env },
      CURL_TOOLS,
    )
    return output === undefined ? undefined : processOfOutput(output)
  },
}

const KNOWN = new Map<string, ImageBehaviour>([
  ['bootdotdev/synergychat-web', synergychat.web],
  ['bootdotdev/synergychat-api', synergychat.api],
  ['bootdotdev/synergychat-crawler', synergychat.crawler],
  ['bootdotdev/synergychat-testram', synergychat.testRam],
  ['bootdotdev/synergychat-testcpu', synergychat.testCpu],
  ['nginx', nginx],
  ['nginxinc/nginx-unprivileged', unprivilegedNginx],
  ['httpd', httpd],
  ['caddy', caddy],
  ['redis', redis],
  ['valkey/valkey', redis],
  ['postgres', postgres],
  ['mysql', mysql],
  ['mariadb', mariadb],
  ['mongo', mongo],
  ['memcached', memcached],
  ['busybox', shellImage(2_223_686, 'sh', BUSYBOX_TOOLS)],
  ['alpine', shellImage(3_860_418, '/bin/sh', ALPINE_TOOLS)],
  ['ubuntu', shellImage(29_727_061, '/bin/bash', DEBIAN_TOOLS)],
  ['debian', shellImage(49_286_780, 'bash', DEBIAN_TOOLS)],
  ['hello-world', helloWorld],
  ['hashicorp/http-echo', httpEcho],
  ['traefik/whoami', whoami],
  ['polinux/stress', stress],
  ['registry.k8s.io/e2e-test-images/agnhost', agnhost],
  ['registry.k8s.io/e2e-test-images/nautilus', nautilus],
  ['registry.k8s.io/e2e-test-images/nonewprivs', nonewprivs],
  ['registry.k8s.io/e2e-test-images/busybox', shellImage(2_223_686, 'sh', BUSYBOX_TOOLS)],
  ['registry.k8s.io/e2e-test-images/nginx', nginx],
  ['registry.k8s.io/e2e-test-images/httpd', httpd],
  ['registry.k8s.io/busybox', shellImage(2_223_686, 'sh', BUSYBOX_TOOLS)],
  ['registry.k8s.io/hpa-example', hpaExample],
  ['registry.k8s.io/pause', pause],
  ['registry.k8s.io/coredns/coredns', coredns],
  ['coredns/coredns', coredns],
  ['registry.k8s.io/kube-proxy', kubeProxy],
  ['registry.k8s.io/metrics-server/metrics-server', metricsServer],
  ['registry.k8s.io/echoserver', nginxEcho],
  ['k8s.gcr.io/echoserver', nginxEcho],
  ['ealen/echo-server', ealenEcho],
  ['jmalloc/echo-server', jmallocEcho],
  ['mendhak/http-https-echo', mendhakEcho],
  ['gcr.io/google-samples/hello-app', helloApp],
  ['us-docker.pkg.dev/google-samples/containers/gke/hello-app', helloApp],
  ['gcr.io/google-samples/node-hello', fixedServer(37_211_190, 'node', 8080, 'Hello Kubernetes!')],
  ['gcr.io/google-samples/kubernetes-bootcamp', kubernetesBootcamp],
  ['nginxdemos/hello', nginxHello],
  ['kicbase/echo-server', jmallocEcho],
  ['curlimages/curl', curlImage],
  ['nicolaka/netshoot', shellImage(208_193_402, 'zsh', NETSHOOT_TOOLS)],
  [
    'registry.k8s.io/e2e-test-images/jessie-dnsutils',
    sleeper(110_442_120, ['sleep', '3600'], NETSHOOT_TOOLS),
  ],
  [
    'registry.k8s.io/e2e-test-images/glibc-dns-testing',
    sleeper(110_442_120, ['sleep', '3600'], NETSHOOT_TOOLS),
  ],
])

const NAME_SERVER = '192.168.49.1:53'

/** Words that people choose for a tag or a name that is not there. */
const ABSENT =
  /^(404|nope|none-such|no-?such(-?\w+)?|does-?not-?exists?|doesnt-?exists?|not-?found|non-?exist(ent|ing)?(-\w+)?|invalid(-?(tag|image|version))?|bad-?(tag|image|version)|wrong(-?(tag|image|version))?|broken|missing|fake(-?(tag|image|version))?|unknown(-?(tag|version))?)$/

/** What the image does, or why there is none, in the words of the container runtime. */
export const imageBehaviour = (text: string): KnownImage | PullFailure => {
  const cached = cache.get(text)
  if (cached !== undefined) return cached
  const found = look(text)
  if (cache.size >= CACHE_LIMIT) cache.clear()
  cache.set(text, found)
  return found
}

/** A pure function's memory: an image is looked up for each of its containers. */
const cache = new Map<string, KnownImage | PullFailure>()
const CACHE_LIMIT = 512

const look = (text: string): KnownImage | PullFailure => {
  const reference = parseReference(text)
  if ('invalid' in reference) return { failure: reference.invalid }
  const failure = unreachable(reference) ?? unpublished(reference)
  if (failure !== undefined) return { failure: `Error response from daemon: ${failure}` }
  return { reference, behaviour: KNOWN.get(familiarName(reference)) ?? genericImage(sizeOf(text)) }
}

const RESERVED_HOST =
  /(^|\.)(invalid|example|test|local|internal)$|^invalid\.|(^|\.)example\.(com|org|net)$|^(registry\.)?example\./

const unreachable = ({ registry }: ImageReference): string | undefined => {
  const host = registry.replace(/:\d+$/, '')
  if (host === 'localhost' || host === '127.0.0.1')
    return `Get "http://${registry}/v2/": dial tcp 127.0.0.1:${registry.split(':')[1] ?? '80'}: connect: connection refused`
  if (!RESERVED_HOST.test(host)) return undefined
  return `Get "https://${registry}/v2/": dial tcp: lookup ${host} on ${NAME_SERVER}: no such host`
}

const unpublished = (reference: ImageReference): string | undefined => {
  const name = familiarName(reference)
  const last = name.slice(name.lastIndexOf('/') + 1)
  if (ABSENT.test(last) || (!name.includes('/') && isMisspelling(name)))
    return reference.registry === 'docker.io'
      ? `pull access denied for ${name}, repository does not exist or may require 'docker login': denied: requested access to the resource is denied`
      : `repository ${name} not found: name unknown: The repository was not found.`
  const { tag } = reference
  if (tag === undefined || (!ABSENT.test(tag) && tagExists(name, tag))) return undefined
  const shown = familiarReference(reference)
  if (reference.registry === 'registry.k8s.io' || reference.registry === 'gcr.io')
    return `manifest for ${shown} not found: manifest unknown: Failed to fetch "${tag}"`
  if (reference.registry === 'ghcr.io') return 'manifest unknown'
  return `manifest for ${shown} not found: manifest unknown: manifest unknown`
}

/** A size that is always the same for the same image: 20 to 220 MB. */
const sizeOf = (text: string): number => {
  let hash = 2_166_136_261
  for (let at = 0; at < text.length; at++)
    hash = Math.imul(hash ^ text.charCodeAt(at), 16_777_619) >>> 0
  return 20_000_000 + (hash % 200_000_000)
}
