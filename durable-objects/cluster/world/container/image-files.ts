// What an image brings along: its distribution, its programs, its files.
import type { ImageBehaviour } from '#images/behaviour.ts'
import { imageBehaviour } from '#images/catalog.ts'
import { familiarName, parseReference } from '#apimachinery/image-reference.ts'
import { baseTree, scratchTree, withFiles } from '#shell/files/base-image.ts'
import type { DirectoryNode } from '#shell/files/node.ts'
import { httpdFiles, nginxFiles } from '#shell/files/server-files.ts'
import type { Flavour } from '#shell/language/flavour.ts'
import type { Flavour as ToolFlavour } from '#shell/tools/tools-of-flavour.ts'

/** `scratch`: nothing but the image's own program. */
export type Distribution = ToolFlavour | 'scratch'

/** Images made of one static program. */
const SCRATCH =
  /^(registry\.k8s\.io\/(pause|coredns\/coredns|kube-proxy)|coredns\/coredns|hello-world|hashicorp\/http-echo|traefik\/whoami|gcr\.io\/google-samples\/hello-app|us-docker\.pkg\.dev\/google-samples\/.*|gcr\.io\/distroless\/.*|bootdotdev\/.*)$|(^|\/)(distroless|scratch)\b/

/** Images that are Debian although they bring no tools of the network. */
const DEBIAN = /^(redis|valkey\/valkey|postgres|mysql|mariadb|mongo|memcached|python|node|golang)$/
const ALPINE = /^(caddy|nginxdemos\/hello|docker|curlimages\/curl)$/

const repositoryOf = (image: string): string => {
  const reference = parseReference(image)
  return 'invalid' in reference ? image : familiarName(reference)
}

export const distributionOf = (image: string, { tools }: ImageBehaviour): Distribution => {
  const name = repositoryOf(image)
  if (SCRATCH.test(name)) return 'scratch'
  if (/:[^/]*\balpine/.test(image)) return 'alpine'
  if (DEBIAN.test(name)) return 'debian'
  if (ALPINE.test(name)) return 'alpine'
  if (tools === undefined) return 'debian'
  if (tools['getent'] === 'glibc') return 'debian'
  return tools['getent'] === 'musl' ? 'alpine' : 'busybox'
}

/** Whether bash is in it. */
const hasBash = (image: string, distribution: Distribution): boolean =>
  distribution === 'debian' || /\b(agnhost|nautilus|netshoot)\b/.test(image)

/** Which shell a name means in the image. */
export const shellOf = (
  image: string,
  distribution: Distribution,
  name: string,
): Flavour | undefined => {
  if (distribution === 'scratch') return undefined
  const isDebian = distribution === 'debian'
  switch (name) {
    case 'sh':
      return isDebian ? 'dash' : 'ash'
    case 'dash':
      return isDebian ? 'dash' : undefined
    case 'ash':
      return isDebian ? undefined : 'ash'
    case 'bash':
      return hasBash(image, distribution) ? 'bash' : undefined
    case 'zsh':
      return /\bnetshoot\b/.test(image) ? 'bash' : undefined
    default:
      return undefined
  }
}

const trees = new Map<string, DirectoryNode>()
const MOST_TREES = 64

/** The image's own files: the same tree each time. */
export const imageTree = (image: string, behaviour: ImageBehaviour): DirectoryNode => {
  const known = trees.get(image)
  if (known !== undefined) return known
  const tree = makeTree(image, behaviour)
  if (trees.size >= MOST_TREES) trees.clear()
  trees.set(image, tree)
  return tree
}

const makeTree = (image: string, behaviour: ImageBehaviour): DirectoryNode => {
  const distribution = distributionOf(image, behaviour)
  const program = [...behaviour.entrypoint, ...behaviour.cmd][0] ?? 'program'
  if (distribution === 'scratch') return scratchTree(program.replace(/^.*\//, ''))
  const more = Object.keys(behaviour.tools ?? {})
  const tree = baseTree(distribution, hasBash(image, distribution) ? [...more, 'bash'] : more)
  const name = repositoryOf(image)
  if (/(^|\/)nginx(-unprivileged)?$/.test(name)) return withFiles(tree, nginxFiles(indexOf(image)))
  if (/(^|\/)httpd$/.test(name)) return withFiles(tree, httpdFiles(indexOf(image)))
  if (/(^|\/)nautilus$/.test(name)) return withFiles(tree, { '/data.json': NAUTILUS_DATA })
  return tree
}

const NAUTILUS_DATA = '{\n  "image": "nautilus.jpg"\n}\n'

/** The page that a web server serves as it comes. */
const indexOf = (image: string): string => {
  const known = imageBehaviour(image)
  if ('failure' in known) return ''
  const { entrypoint, cmd, program } = known.behaviour
  const process = program?.([...entrypoint, ...cmd], { env: {}, ports: [] })
  const self = { hostname: '', podIP: '', env: {}, age: 0, client: '127.0.0.1:1', port: 80 }
  return process?.listens[0]?.http?.({ method: 'GET', path: '/' }, self).body ?? ''
}
