// kubernetes: pkg/util/parsers/parsers.go ParseImageName, over github.com/distribution/reference
const DOMAIN =
  /^(?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?$/
const REMAINDER =
  /^([a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*)(?::(\w[\w.-]{0,127}))?(@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?$/

const NAME_LENGTH = 255

/** The part before the first slash is a registry's host only if it looks like one. */
const splitDomain = (image: string): readonly [string, string] => {
  const slash = image.indexOf('/')
  const head = slash < 0 ? '' : image.slice(0, slash)
  const isHost = /[.:]/.test(head) || head === 'localhost' || head.toLowerCase() !== head
  return slash < 0 || !isHost ? ['docker.io', image] : [head, image.slice(slash + 1)]
}

/** The image's tag: `latest` if it has neither tag nor digest; empty if it has no tag or is no image name. */
export const imageTag = (image: string): string => {
  if (/^[a-f0-9]{64}$/.test(image)) return ''
  const [domain, remainder] = splitDomain(image)
  const match = REMAINDER.exec(remainder)
  if (match === null || !DOMAIN.test(domain)) return ''
  if (domain.length + 1 + match[1]!.length > NAME_LENGTH) return ''
  return match[2] ?? (match[3] === undefined ? 'latest' : '')
}
