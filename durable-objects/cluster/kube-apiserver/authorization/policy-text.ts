import type { PolicyRule } from '#api/rbac/v1/role/types.ts'

/** A role of the bootstrap policy, before it is an object. */
export interface PolicyRole {
  readonly name: string
  readonly rules: readonly PolicyRule[]
}

const words = (text: string): readonly string[] => text.trim().split(',')

/** `verbs | groups | resources [| resource names]`, or `verbs | url | paths`. The core group is written `core`. */
const ruleOf = (line: string): PolicyRule => {
  const [verbs = '', groups = '', resources = '', names] = line.split('|')
  if (groups.trim() === 'url') return { nonResourceURLs: words(resources), verbs: words(verbs) }
  return {
    apiGroups: words(groups).map((group) => (group === 'core' ? '' : group)),
    ...(names === undefined ? {} : { resourceNames: words(names) }),
    resources: words(resources),
    verbs: words(verbs),
  }
}

/** Verbs that often stand together. */
const SHORT: readonly (readonly [RegExp, string])[] = [
  [/\bREAD\b/g, 'get,list,watch'],
  [/\bWRITE\b/g, 'create,delete,deletecollection,patch,update'],
  [/\bALL\b/g, 'create,delete,deletecollection,get,list,patch,update,watch'],
  [/^EVENTS$/gm, 'create,patch,update | core,events.k8s.io | events'],
]

/** Roles as they are written in this folder: a name ending in a colon, then its rules, one a line. */
export const parsePolicy = (text: string): readonly PolicyRole[] => {
  const full = SHORT.reduce((result, [pattern, verbs]) => result.replace(pattern, verbs), text)
  const roles: { name: string; rules: PolicyRule[] }[] = []
  for (const line of full.split('\n').map((each) => each.trim())) {
    if (line === '') continue
    if (line.includes('|')) roles.at(-1)!.rules.push(ruleOf(line))
    else roles.push({ name: line.slice(0, -1), rules: [] })
  }
  return roles
}
