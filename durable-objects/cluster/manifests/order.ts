// In the order in which they can be applied: what others live in or name comes first, what would change or refuse them last.
const FIRST = [
  'namespaces',
  'customresourcedefinitions.apiextensions.k8s.io',
  'priorityclasses.scheduling.k8s.io',
  'runtimeclasses.node.k8s.io',
  // Pods got their defaults from it, and would again
  'limitranges',
  'storageclasses.storage.k8s.io',
  'persistentvolumes',
  'serviceaccounts',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services',
]
const LAST = [
  'resourcequotas',
  'mutatingwebhookconfigurations.admissionregistration.k8s.io',
  'validatingwebhookconfigurations.admissionregistration.k8s.io',
  'mutatingadmissionpolicies.admissionregistration.k8s.io',
  'mutatingadmissionpolicybindings.admissionregistration.k8s.io',
  'validatingadmissionpolicies.admissionregistration.k8s.io',
  'validatingadmissionpolicybindings.admissionregistration.k8s.io',
]

/** Where the objects of a resource stand among the others: to sort by. */
export const rankOf = (resource: string): number => {
  const index = FIRST.indexOf(resource)
  return index < 0 ? FIRST.length + 1 + LAST.indexOf(resource) : index
}

/** The items by what `keyOf` says of each, in the order in which the keys come first. */
export const groupedBy = <T>(
  items: readonly T[],
  keyOf: (item: T) => string,
): ReadonlyMap<string, readonly T[]> => {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const group = groups.get(keyOf(item))
    if (group === undefined) groups.set(keyOf(item), [item])
    else group.push(item)
  }
  return groups
}
