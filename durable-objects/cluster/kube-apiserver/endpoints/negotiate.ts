/** In what form the client wants its objects. */
export interface Form {
  readonly as: 'object' | 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList'
  readonly yaml: boolean
  readonly contentType: string
}

interface MediaType {
  readonly type: string
  readonly parameters: ReadonlyMap<string, string>
}

/** `application/json;as=Table;v=v1;g=meta.k8s.io, application/json` as a list, the most wanted first. */
export const parseAccept = (accept: string): readonly MediaType[] =>
  accept
    .split(',')
    .slice(0, 32)
    .map((part) => {
      const [type = '', ...parameters] = part.split(';').map((text) => text.trim())
      const pairs = parameters.map((parameter) => {
        const equals = parameter.indexOf('=')
        return equals < 0
          ? ([parameter, ''] as const)
          : ([parameter.slice(0, equals), parameter.slice(equals + 1)] as const)
      })
      return { type: type.toLowerCase(), parameters: new Map(pairs) }
    })
    .filter(({ type }) => type !== '')
    .sort((a, b) => quality(b) - quality(a))

const quality = ({ parameters }: MediaType): number => {
  const q = Number(parameters.get('q') ?? 1)
  return Number.isNaN(q) ? 1 : q
}

const OBJECT: Form = { as: 'object', yaml: false, contentType: 'application/json' }

const METADATA: ReadonlySet<string> = new Set([
  'PartialObjectMetadata',
  'PartialObjectMetadataList',
])
const FORMS: ReadonlySet<string> = new Set(['Table', ...METADATA])

/**
 * The first form that can be served; undefined if none can (406). Protobuf is passed over: every client of Kubernetes that asks for it
 * takes JSON as well. A resource that is only a question has no table.
 */
export const negotiate = (accept: string, hasTable = true): Form | undefined =>
  firstForm(accept, hasTable ? FORMS : METADATA)

/** The same for what is no object of a resource: a Status is not shown as a table. */
export const negotiateObject = (accept: string): Form | undefined => firstForm(accept, new Set())

const firstForm = (accept: string, forms: ReadonlySet<string>): Form | undefined => {
  const types = parseAccept(accept)
  if (types.length === 0) return OBJECT
  for (const { type, parameters } of types) {
    const yaml = type === 'application/yaml'
    if (!yaml && type !== 'application/json' && type !== '*/*' && type !== 'application/*') continue
    const contentType = yaml ? 'application/yaml' : 'application/json'
    const as = parameters.get('as')
    if (as === undefined) return { as: 'object', yaml, contentType }
    if (forms.has(as) && parameters.get('g') === 'meta.k8s.io' && parameters.get('v') === 'v1')
      return { as: as as Form['as'], yaml, contentType }
  }
  return undefined
}
